// queries.active: what is running stands in it, what an earlier run left is told.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Logger } from '../model/index.ts';
import { ActiveQueries } from './active-queries.ts';

const NOW = 1_700_000_000_123;
let folder: string;
let path: string;
let warnings: unknown[][];
let logger: Logger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-test-active-'));
  path = join(folder, 'queries.active');
  warnings = [];
  logger = { warn: (...all: unknown[]) => void warnings.push(all) } as unknown as Logger;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const written = () => readFileSync(path, 'utf8').replaceAll('\0', '');

test('queries that run, in the places that are free', () => {
  const queries = new ActiveQueries(path, 3, logger);
  expect(readFileSync(path)).toHaveLength(3001);
  const [a, b] = [queries.insert('up', NOW), queries.insert('"é\\"', NOW)];
  expect(written()).toBe('[{"query":"up","timestamp_sec":1700000000},{"query":"\\"é\\\\\\"","timestamp_sec":1700000000},');
  queries.delete(a);
  queries.insert('sum(up)', NOW + 1000);
  queries.delete(b);
  expect(written()).toBe('[{"query":"sum(up)","timestamp_sec":1700000001},');
  queries.close();
});

test('what an earlier run left is told once', () => {
  const first = new ActiveQueries(path, 2, logger);
  first.insert('up', NOW);
  first.insert('down', NOW);
  first.close();
  expect(warnings).toEqual([]);
  new ActiveQueries(path, 2, logger).close();
  const left = '[{"query":"up","timestamp_sec":1700000000},{"query":"down","timestamp_sec":1700000000}]';
  expect(warnings).toEqual([["These queries didn't finish in the last run", { queries: left }]]);
  new ActiveQueries(path, 2, logger).close();
  expect(warnings).toHaveLength(1);
});

test('a long query is cut, and the file stays readable', () => {
  const queries = new ActiveQueries(path, 1, logger);
  queries.insert('"é\\n'.repeat(5000), NOW);
  expect(readFileSync(path)).toHaveLength(1001);
  const [{ query }] = JSON.parse(written().replace(/,$/, ']')) as [{ query: string }];
  expect(query.length).toBeGreaterThan(200);
  queries.close();
});

test('a file that is none of this kind', () => {
  writeFileSync(path, '[{"query":"up","timesta');
  new ActiveQueries(path, 1, logger).close();
  expect(warnings).toEqual([["These queries didn't finish in the last run", { queries: JSON.stringify(['[{"query":"up","timesta']) }]]);
  writeFileSync(path, '');
  new ActiveQueries(path, 1, logger).close();
  expect(warnings).toHaveLength(1);
});
