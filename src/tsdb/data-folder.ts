// The data folder: made where there is none, and looked at before anything in it is opened, so that what is wrong with it is one
// sentence at the start and not a failure of the first write hours later. What stands in its files is their readers' matter.
import { accessSync, constants, mkdirSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DataFolderError } from './errors.ts';

/** Folders of the data folder, which Prometheus makes as well. A file in the place of one is somebody else's. */
const SUBFOLDERS = ['wal', 'chunks_head', 'snapshots'] as const;

/**
 * The folder's absolute path, once it is there and can be written.
 * @throws DataFolderError `not_a_folder`, `not_writable`, `cannot_create`
 */
export function prepareDataFolder(path: string): string {
  const folder = resolve(path);
  const existing = statOf(folder);
  if (existing === null) create(folder);
  else if (!existing.isDirectory()) throw notAFolder(folder);
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new DataFolderError('not_writable', `cannot write the data folder ${folder}: ${reasonOf(cause)}`, { cause });
  }
  for (const name of SUBFOLDERS) {
    const inner = statOf(join(folder, name));
    if (inner !== null && !inner.isDirectory()) throw notAFolder(join(folder, name));
  }
  return folder;
}

function create(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new DataFolderError('cannot_create', `cannot create the data folder ${folder}: ${reasonOf(cause)}`, { cause });
  }
}

/** Null where nothing is. A way that cannot be looked through is told by the creation. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function notAFolder(path: string): DataFolderError {
  return new DataFolderError('not_a_folder', `cannot open the data folder ${path}: got a file, want a folder`);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'a file stands in its way',
  EISDIR: 'a folder stands in its place',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'it does not exist',
  ENOSPC: 'no space left on the device',
  ENOTDIR: 'it or what is above it is a file',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
};

/** The system's reason in words, without the path, which the message has already. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}
