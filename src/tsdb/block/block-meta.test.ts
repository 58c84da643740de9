// meta.json: what is accepted, what is kept, and what is said about the rest.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BlockError, readBlockMeta, writeBlockMeta } from './index.ts';

const ULID = '01M88D49JS8MP7AQZ1M2Q4YB8J';
const GOOD = {
  ulid: ULID,
  minTime: -5,
  maxTime: 10,
  stats: { numSamples: 3, numSeries: 2, numChunks: 1, numTombstones: 7, numHistogramSamples: 1 },
  compaction: { level: 2, sources: [ULID], parents: [{ ulid: ULID, minTime: 0, maxTime: 5 }], failed: true, hints: ['from-out-of-order'] },
  version: 1,
  thanos: { labels: { replica: 'a' }, downsample: { resolution: 0 } },
};

let root: string;
let folder: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tributary-test-meta-'));
  folder = join(root, ULID);
  mkdirSync(folder);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('comes back as it was written, with what others keep in it', () => {
  writeBlockMeta(folder, GOOD);
  expect(readBlockMeta(folder)).toEqual(GOOD);
  expect(readdirSync(folder)).toEqual(['meta.json']);
  expect(readFileSync(join(folder, 'meta.json'), 'utf8')).toMatch(/^\{\n\t"ulid": ".*\n\}\n$/s);
});

test('nothing but level and times need be there', () => {
  const { ulid, minTime, maxTime, version } = GOOD;
  writeFileSync(join(folder, 'meta.json'), JSON.stringify({ ulid, minTime, maxTime, version, compaction: { level: 1, sources: null } }));
  expect(readBlockMeta(folder)).toEqual({
    ulid,
    minTime,
    maxTime,
    version,
    stats: { numSamples: 0, numSeries: 0, numChunks: 0 },
    compaction: { level: 1, sources: [] },
  });
});

const refused = (change: object | string, code: string, message: string) =>
  test(message, () => {
    writeFileSync(join(folder, 'meta.json'), typeof change === 'string' ? change : JSON.stringify({ ...GOOD, ...change }));
    let error: unknown;
    try {
      readBlockMeta(folder);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(BlockError);
    expect((error as BlockError).code).toBe(code);
    expect((error as BlockError).message).toContain(`cannot read ${join(folder, 'meta.json')}: ${message}`);
  });
refused({ version: 2 }, 'unsupported', 'got version 2, want 1: it was written by something newer');
refused({ version: '1' }, 'damaged', 'got version "1", want 1');
refused({ ulid: 'x' }, 'damaged', 'got ulid "x", want a ULID');
refused({ minTime: '5' }, 'damaged', 'got minTime "5", want milliseconds');
refused({ maxTime: -6 }, 'damaged', 'got maxTime -6, want milliseconds from minTime on');
refused({ maxTime: 1e300 }, 'damaged', 'got maxTime 1e+300, want');
refused({ compaction: 3 }, 'damaged', 'got compaction 3, want an object');
refused({ compaction: { sources: [] } }, 'damaged', 'got compaction.level none, want a number');
refused({ compaction: { level: 1, sources: 'x' } }, 'damaged', 'got compaction.sources "x", want a list');
refused('[]', 'damaged', 'got the value [], want an object');
refused('{"ulid": ', 'damaged', 'got no JSON: Unexpected end of JSON input');
