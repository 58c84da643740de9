// Head chunks for tests: a data folder that is removed after the test, chunks that follow from their number, and files of them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type HeadChunk,
  type HeadChunkAddress,
  HeadChunkScan,
  HeadChunkWriter,
  type StoredHeadChunk,
} from '../../src/tsdb/head-chunks/index.ts';
import { plainCrc32c } from './plain-crc32c.ts';

export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-test-head-chunks-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Chunk number `i`, from 0: every one has another length, and none has a zero for a series ref. */
export function testChunk(i: number): HeadChunk {
  const data = new Uint8Array(18 + ((i * 37) % 300));
  for (let k = 0; k < data.length; k++) data[k] = (i * 131 + k * k * 7) & 0xff;
  return {
    seriesRef: 1 + (i % 50),
    minTimeMs: 1e12 + i * 1000,
    maxTimeMs: 1e12 + i * 1000 + 999,
    encoding: 1,
    outOfOrder: i % 9 === 8,
    data,
  };
}

export function testChunks(from: number, to: number): HeadChunk[] {
  return Array.from({ length: to - from }, (_, i) => testChunk(from + i));
}

/** Writes them into files of `fileBytes`, through a writer of their own. */
export function writeTestChunks(folder: string, chunks: readonly HeadChunk[], fileBytes?: number): HeadChunkAddress[] {
  const writer = new HeadChunkWriter({ dataFolder: folder, checksum: plainCrc32c, files: [], fileBytes });
  const addresses = writer.write(chunks);
  writer.close();
  return addresses;
}

export interface ScannedFolder {
  readonly scan: HeadChunkScan;
  readonly chunks: StoredHeadChunk[];
}

export function scanFolder(folder: string): ScannedFolder {
  const scan = new HeadChunkScan(folder, plainCrc32c);
  const chunks = Array.from(scan.chunks(), (chunk) => ({ ...chunk, data: new Uint8Array(chunk.data) }));
  return { scan, chunks };
}
