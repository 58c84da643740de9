// The files of head chunks in the data folder: their names, their header, and what is known of each. Numbers have no gaps:
// Prometheus refuses a folder with one, and so a file is only ever deleted with all that come before it.
import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HeadChunkError } from './errors.ts';

export const HEAD_CHUNKS_FOLDER = 'chunks_head';
export const HEAD_CHUNKS_ASIDE_FOLDER = 'chunks_head-set-aside';
/** Magic number, version, three bytes of padding. */
export const HEAD_CHUNKS_HEADER_BYTES = 8;

const MAGIC = 0x0130bc91;
const VERSION = 1;

/** A file, as far as it is whole. Plain data: it goes from thread to thread. */
export interface HeadChunkFile {
  readonly number: number;
  /** From its header to the end of its last whole chunk: what is after that is no part of it. */
  readonly sizeBytes: number;
  /** The newest of its chunks' maxTimeMs; -Infinity while it has none. */
  readonly maxTimeMs: number;
}

export function headChunkFileName(number: number): string {
  return String(number).padStart(6, '0');
}

export function headChunkFilePath(dataFolder: string, number: number): string {
  return join(dataFolder, HEAD_CHUNKS_FOLDER, headChunkFileName(number));
}

/** Numbers of the files there are, in order; none when there is no folder. Other names are passed over. */
export function listHeadChunkFiles(dataFolder: string): number[] {
  const folder = join(dataFolder, HEAD_CHUNKS_FOLDER);
  try {
    return readdirSync(folder)
      .map((name) => ({ name, number: Number(name) }))
      .filter(({ name, number }) => /^\d{6,10}$/.test(name) && headChunkFileName(number) === name)
      .map(({ number }) => number)
      .sort((a, b) => a - b);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new HeadChunkError('read_failed', `cannot list head chunk files: ${(error as Error).message}`, { cause: error });
  }
}

export function headChunksHeader(): Buffer {
  const header = Buffer.alloc(HEAD_CHUNKS_HEADER_BYTES);
  header.writeUInt32BE(MAGIC, 0);
  header[4] = VERSION;
  return header;
}

/** What is wrong with a file that begins so, or null. */
export function headChunksHeaderDamage(header: Buffer): string | null {
  if (header.length < HEAD_CHUNKS_HEADER_BYTES)
    return `got ${header.length} bytes, want at least the ${HEAD_CHUNKS_HEADER_BYTES} of its header`;
  const magic = header.readUInt32BE(0);
  if (magic !== MAGIC) return `got magic number ${magic.toString(16).padStart(8, '0')}, want ${MAGIC.toString(16).padStart(8, '0')}`;
  return header[4] === VERSION ? null : `got format version ${header[4]}, want ${VERSION}: a newer server may have written it`;
}

/** What was created, renamed or removed in the folder is so after a loss of power too. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
