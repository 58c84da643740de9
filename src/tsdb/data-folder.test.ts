import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareDataFolder } from './data-folder.ts';
import { DataFolderError } from './errors.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tributary-test-folder-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function refusal(path: string): string {
  try {
    return `opened ${prepareDataFolder(path)}`;
  } catch (error) {
    if (!(error instanceof DataFolderError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

test('a folder is made with all folders above it, and a relative path becomes an absolute one', () => {
  const path = join(root, 'a', 'b');
  expect(prepareDataFolder(relative(process.cwd(), path))).toBe(path);
  expect(existsSync(path)).toBe(true);
  expect(prepareDataFolder(path)).toBe(path);
});

test('what is wrong with a folder is one sentence', () => {
  const check = (path: string, want: string) => expect(refusal(path)).toBe(want);
  const file = join(root, 'file');
  writeFileSync(file, 'x');
  check(file, `not_a_folder: cannot open the data folder ${file}: got a file, want a folder`);
  check(join(file, 'inner'), `cannot_create: cannot create the data folder ${join(file, 'inner')}: it or what is above it is a file`);
  const loop = join(root, 'loop');
  symlinkSync(loop, loop);
  check(join(loop, 'x'), `cannot_create: cannot create the data folder ${join(loop, 'x')}: too many symbolic links`);
  const long = join(root, 'x'.repeat(300));
  check(long, `cannot_create: cannot create the data folder ${long}: its name is too long`);
  const wal = join(root, 'odd', 'wal');
  mkdirSync(join(root, 'odd'));
  writeFileSync(wal, 'x');
  check(join(root, 'odd'), `not_a_folder: cannot open the data folder ${wal}: got a file, want a folder`);
});

// Who may do everything is not kept out.
test.skipIf(process.getuid?.() === 0)('a folder that may not be written', () => {
  const path = join(root, 'read-only');
  mkdirSync(path);
  chmodSync(path, 0o555);
  expect(refusal(path)).toBe(`not_writable: cannot write the data folder ${path}: permission denied`);
  chmodSync(path, 0o755);
});
