// The files of the log's folder: segments `00000000`, `00000001`, … without a gap, and checkpoints `checkpoint.00000003`, each a folder of
// segments that stands for all up to the segment of its number.
import { type Dirent, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WalError } from './errors.ts';

export const PAGE_BYTES = 32 * 1024;

export interface WalSegment {
  readonly number: number;
  readonly path: string;
  readonly sizeBytes: number;
}

export interface WalCheckpoint {
  /** The last segment that it stands for. */
  readonly number: number;
  readonly path: string;
}

export function segmentName(number: number): string {
  return String(number).padStart(8, '0');
}

export function segmentPath(folder: string, number: number): string {
  return join(folder, segmentName(number));
}

export function checkpointPath(folder: string, number: number): string {
  return join(folder, `checkpoint.${segmentName(number)}`);
}

/** In order; none where there is no folder. @throws WalError `bad_folder` when a number is missing between two */
export function listSegments(folder: string): WalSegment[] {
  const numbers = entriesOf(folder)
    .filter(({ name }) => /^\d+$/.test(name))
    .map(({ name }) => ({ name, number: Number(name) }))
    .sort((a, b) => a.number - b.number);
  for (let i = 1; i < numbers.length; i++) {
    if (numbers[i].number !== numbers[i - 1].number + 1)
      throw new WalError(
        'bad_folder',
        `cannot read the log ${folder}: segments are not sequential: ${numbers[i - 1].name} is followed by ${numbers[i].name}`,
      );
  }
  return numbers.map(({ name, number }) => ({ number, path: join(folder, name), sizeBytes: statSync(join(folder, name)).size }));
}

/** In order; none where there is no folder. */
export function listCheckpoints(folder: string): WalCheckpoint[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory() && /^checkpoint\.\d+$/.test(entry.name))
    .map((entry) => ({ number: Number(entry.name.slice('checkpoint.'.length)), path: join(folder, entry.name) }))
    .sort((a, b) => a.number - b.number);
}

export function lastCheckpoint(folder: string): WalCheckpoint | null {
  return listCheckpoints(folder).at(-1) ?? null;
}

/** Older checkpoints than that number, and what a checkpoint that was never finished left. */
export function removeCheckpointsBefore(folder: string, number: number): void {
  for (const checkpoint of listCheckpoints(folder))
    if (checkpoint.number < number) rmSync(checkpoint.path, { recursive: true, force: true });
  for (const { name } of entriesOf(folder))
    if (/^checkpoint\.\d+\.tmp$/.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
}

/** Of all segments and checkpoints. */
export function walBytes(folder: string): number {
  const sizeOf = (segments: readonly WalSegment[]) => segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return listCheckpoints(folder).reduce((sum, { path }) => sum + sizeOf(listSegments(path)), sizeOf(listSegments(folder)));
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new WalError('bad_folder', `cannot read the log ${folder}: ${message}`, { cause });
  }
}
