// After a corruption: what is good stays, what is not is set aside beside the log, never deleted. Prometheus replays nothing behind a
// corruption and deletes it; here the rest of the damaged segment and all later ones go to `wal-set-aside/<time>/`.
import { closeSync, cpSync, ftruncateSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { WalCorruption } from './wal-reader.ts';
import { listSegments, PAGE_BYTES } from './wal-segments.ts';

export interface SetAside {
  readonly folder: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

/**
 * Brings a folder of segments (the log's, or a checkpoint's) in order again. What is good in a checkpoint stays too: samples of series that it has
 * lost are passed over in the replay. `now` names the folder.
 */
export function repairSegments(walFolder: string, dataFolder: string, corruption: WalCorruption, now: Date): SetAside {
  const folder = asideFolder(dataFolder, now, basename(walFolder));
  const files: { name: string; bytes: number }[] = [];
  const { segment, goodBytes } = corruption;
  const later = listSegments(walFolder).filter(({ number }) => number > segment.number);
  if (segment.sizeBytes > goodBytes) {
    const name = `${basename(segment.path)}.from-${goodBytes}`;
    copyRest(segment.path, goodBytes, join(folder, name));
    files.push({ name, bytes: segment.sizeBytes - goodBytes });
  }
  for (const { path, sizeBytes } of later) {
    move(path, join(folder, basename(path)));
    files.push({ name: basename(path), bytes: sizeBytes });
  }
  keepFirst(segment.path, goodBytes);
  return { folder, files };
}

function asideFolder(dataFolder: string, now: Date, name: string): string {
  const folder = join(dataFolder, 'wal-set-aside', now.toISOString().replaceAll(':', '-'), name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function copyRest(path: string, from: number, target: string): void {
  const source = openSync(path, 'r');
  const copy = openSync(target, 'w');
  const window = Buffer.alloc(1024 * 1024);
  for (let at = from; ; ) {
    const read = readSync(source, window, 0, window.length, at);
    if (read === 0) break;
    writeSync(copy, window, 0, read);
    at += read;
  }
  closeSync(source);
  closeSync(copy);
}

/** The segment is no longer the last: it ends with a whole page. */
function keepFirst(path: string, bytes: number): void {
  const file = openSync(path, 'r+');
  ftruncateSync(file, bytes);
  ftruncateSync(file, Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES);
  closeSync(file);
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // Another file system below the data folder.
    cpSync(from, to, { recursive: true });
    rmSync(from, { recursive: true });
  }
}
