// After a corruption: what is good stays, what is not is set aside beside the log, never deleted. Prometheus replays nothing behind a
// corruption and deletes it; here the rest of the damaged segment and all later ones go to `wal-set-aside/<time>/`. It may be interrupted at
// any point: the next start meets the same corruption, and segments without a gap.
import {
  closeSync,
  cpSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { syncFolder } from '../block/folder-sync.ts';
import { fileError } from './errors.ts';
import type { WalCorruption } from './wal-reader.ts';
import { listSegments, PAGE_BYTES } from './wal-segments.ts';

export interface SetAside {
  readonly folder: string;
  /** The damaged segment's rest first, then the later segments in order. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

const PIECE_BYTES = 1024 * 1024;

/**
 * Brings a folder of segments (the log's, or a checkpoint's) in order again. What is good in a checkpoint stays too: samples of series that it has
 * lost are passed over in the replay. `now` names the folder.
 * @throws WalError `disk_full`, `write_failed`: the log has still the same damage
 */
export function repairSegments(walFolder: string, dataFolder: string, corruption: WalCorruption, now: Date): SetAside {
  const aside = join(dataFolder, 'wal-set-aside', now.toISOString().replaceAll(':', '-'), basename(walFolder));
  const { segment, goodBytes } = corruption;
  try {
    mkdirSync(aside, { recursive: true });
    const files: { name: string; bytes: number }[] = [];
    // The last one first: a gap between their numbers could not be read at all.
    for (const { number, path, sizeBytes } of listSegments(walFolder).reverse()) {
      if (number <= segment.number) break;
      move(path, join(aside, basename(path)));
      files.unshift({ name: basename(path), bytes: sizeBytes });
    }
    const { size } = statSync(segment.path);
    if (size > goodBytes) {
      const name = `${basename(segment.path)}.from-${goodBytes}`;
      copyRest(segment.path, goodBytes, join(aside, name));
      files.unshift({ name, bytes: size - goodBytes });
    }
    syncFolder(aside);
    keepFirst(segment.path, goodBytes);
    return { folder: aside, files };
  } catch (error) {
    throw fileError(aside, error);
  }
}

function copyRest(path: string, from: number, target: string): void {
  const source = openSync(path, 'r');
  try {
    const copy = openSync(target, 'wx');
    try {
      const piece = Buffer.alloc(PIECE_BYTES);
      for (let at = from; ; ) {
        const read = readSync(source, piece, 0, piece.length, at);
        if (read === 0) break;
        for (let written = 0; written < read; ) written += writeSync(copy, piece, written, read - written);
        at += read;
      }
      // Before the segment is cut.
      fsyncSync(copy);
    } finally {
      closeSync(copy);
    }
  } finally {
    closeSync(source);
  }
}

/** The segment is no longer the last: it ends with a whole page. */
function keepFirst(path: string, bytes: number): void {
  const file = openSync(path, 'r+');
  try {
    ftruncateSync(file, bytes);
    ftruncateSync(file, Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // Another file system below the data folder.
    cpSync(from, to);
    rmSync(from);
  }
}
