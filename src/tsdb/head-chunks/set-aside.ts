// What a scan found damaged goes into a folder of its own beside the head chunks, so that a start does not meet it again and someone
// may still look at it. Nothing is deleted. Nothing is lost either, while the write-ahead log still has the same samples: as long as
// they are in no block it has.
import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { writeFailure } from './errors.ts';
import {
  HEAD_CHUNKS_ASIDE_FOLDER,
  HEAD_CHUNKS_FOLDER,
  HEAD_CHUNKS_HEADER_BYTES,
  headChunkFileName,
  headChunkFilePath,
  listHeadChunkFiles,
  syncFolder,
} from './head-chunk-file.ts';
import type { HeadChunkDamage } from './head-chunk-scan.ts';

export interface HeadChunksAside {
  readonly folder: string;
  /** Files in it, and how much they hold. */
  readonly files: number;
  readonly sizeBytes: number;
  /** One sentence for the log. */
  readonly message: string;
}

const PIECE_BYTES = 1024 * 1024;

/**
 * Moves the damaged file from its damaged place on, and all later files, into `chunks_head-set-aside/<time>/`. May be interrupted at
 * any point: the next scan meets the same damage.
 * @throws HeadChunkError `write_failed`, `disk_full`
 */
export function setHeadChunksAside(dataFolder: string, damage: HeadChunkDamage, now: Date): HeadChunksAside {
  const name = headChunkFileName(damage.file);
  try {
    const folder = newFolder(join(dataFolder, HEAD_CHUNKS_ASIDE_FOLDER), now.toISOString());
    // The newest first: a gap in their numbers would be damage of another kind.
    const whole = listHeadChunkFiles(dataFolder)
      .filter((number) => number > damage.file)
      .reverse();
    const keepsPart = damage.offset > HEAD_CHUNKS_HEADER_BYTES;
    if (!keepsPart) whole.push(damage.file);
    let sizeBytes = 0;
    for (const number of whole) {
      const path = headChunkFilePath(dataFolder, number);
      sizeBytes += statSync(path).size;
      renameSync(path, join(folder, headChunkFileName(number)));
    }
    if (keepsPart)
      sizeBytes += moveRest(headChunkFilePath(dataFolder, damage.file), damage.offset, join(folder, `${name}.from-${damage.offset}`));
    syncFolder(folder);
    syncFolder(join(dataFolder, HEAD_CHUNKS_FOLDER));
    const files = whole.length + (keepsPart ? 1 : 0);
    const moved = keepsPart ? `the rest of it${whole.length > 0 ? ` and ${count(whole.length, 'later file')}` : ''}` : count(files, 'file');
    const message = `head chunk file ${name} is damaged at offset ${damage.offset}: ${damage.reason}; ${moved} (${sizeBytes} bytes) moved to ${folder}`;
    return { folder, files, sizeBytes, message };
  } catch (error) {
    throw writeFailure(`what is damaged from head chunk file ${name} on to ${HEAD_CHUNKS_ASIDE_FOLDER}`, error);
  }
}

/** Copies what is behind `offset`, and cuts it off when the copy is safe. */
function moveRest(path: string, offset: number, target: string): number {
  const from = openSync(path, 'r+');
  const to = openSync(target, 'wx');
  try {
    const end = fstatSync(from).size;
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (let at = offset; at < end; ) {
      const n = readSync(from, piece, 0, Math.min(PIECE_BYTES, end - at), at);
      if (n === 0) break;
      for (let written = 0; written < n; ) written += writeSync(to, piece, written, n - written, at - offset + written);
      at += n;
    }
    fsyncSync(to);
    ftruncateSync(from, offset);
    fsyncSync(from);
    return end - offset;
  } finally {
    closeSync(from);
    closeSync(to);
  }
}

/** Colons are left out of its name: some tools take them for a host's. */
function newFolder(parent: string, time: string): string {
  mkdirSync(parent, { recursive: true });
  for (let i = 1; ; i++) {
    const folder = join(parent, time.replaceAll(':', '-') + (i === 1 ? '' : `-${i}`));
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
