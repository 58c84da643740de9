import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataFolderError } from './errors.ts';
import { acquireLock, type FolderLock, LOCK_PROGRAMS, type LockProgram } from './lock.ts';

let folder: string;
const held: FolderLock[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-test-lock-'));
});
afterEach(() => {
  for (const lock of held.splice(0)) lock.release();
  rmSync(folder, { recursive: true, force: true });
});

function lock(programs?: readonly LockProgram[]): FolderLock {
  const taken = acquireLock(folder, programs);
  held.push(taken);
  return taken;
}

function refusal(programs?: readonly LockProgram[]): string {
  try {
    lock(programs);
  } catch (error) {
    if (error instanceof DataFolderError) return `${error.code}: ${error.message}`;
  }
  return 'taken';
}

const isInstalled = ({ command }: LockProgram) => spawnSync(command, ['--version']).error === undefined;
const inUse = () => `in_use: cannot open storage: the data folder ${folder} is in use by another server (lock ${join(folder, 'lock')})`;

describe.each(LOCK_PROGRAMS.filter(isInstalled).map((program) => [program.command, program] as const))('taken by %s', (_, program) => {
  test('one at a time, again after it was released', () => {
    const first = lock([program]);
    expect([first.replaced, first.warning]).toEqual([false, null]);
    expect(refusal([program])).toBe(inUse());
    expect(refusal()).toBe(inUse());
    first.release();
    first.release();
    expect(existsSync(join(folder, 'lock'))).toBe(false);
    expect(refusal()).toBe('taken');
  });
});

test('a lock file without a lock is replaced, and said to have been there', () => {
  writeFileSync(join(folder, 'lock'), '');
  const { replaced, warning } = lock();
  expect([replaced, warning]).toEqual([true, null]);
});

test('the lock ends with the process that has it, however it ends', () => {
  const code = `import { acquireLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).pathname)};
acquireLock(${JSON.stringify(folder)});
process.kill(process.pid, 'SIGKILL');`;
  expect(spawnSync(process.execPath, ['--input-type=module-typescript', '-e', code]).signal).toBe('SIGKILL');
  expect(existsSync(join(folder, 'lock'))).toBe(true);
  expect(lock().replaced).toBe(true);
});

test('where nothing can lock, it is said and nothing fails', () => {
  const { warning } = lock([
    { command: 'no-such-program-1', args: [] },
    { command: 'no-such-program-2', args: [] },
  ]);
  expect(warning).toBe(
    `cannot lock the data folder ${folder}, so nothing keeps a second server away from it: got no program that takes an flock, want one of no-such-program-1, no-such-program-2 in the PATH`,
  );
});

test('a program that fails is named, with its last word', () => {
  const failing = { command: 'sh', args: ['-c', 'echo first >&2; echo no locks here >&2; exit 1'] };
  expect(lock([failing]).warning).toMatch(/: sh ended with 1: no locks here$/);
});

test('a file system whose locks do not hold is told', () => {
  expect(lock([{ command: 'true', args: [] }]).warning).toMatch(/does not hold on this file system/);
});

test('the next program is tried where one is not installed', () => {
  expect(lock([{ command: 'no-such-program', args: [] }, LOCK_PROGRAMS.find(isInstalled)!]).warning).toBe(null);
  expect(refusal()).toBe(inUse());
});

test('a lock file that cannot be opened', () => {
  mkdirSync(join(folder, 'lock'));
  expect(refusal()).toBe(`lock_failed: cannot open the lock file ${join(folder, 'lock')}: a folder stands in its place`);
});
