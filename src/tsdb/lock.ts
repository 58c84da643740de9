// The lock of a data folder: an flock(2) on its file `lock`, the same that Prometheus takes (tsdb/tsdbutil/dir_locker.go), so that
// neither starts on a folder that the other has open. Node has no flock: the file is opened here, and a small program that gets it as
// its descriptor 3 locks it. The lock belongs to the open file description, which stays ours when that program has ended, and ends
// with this process however it dies. The file's presence means nothing; only the lock does.
import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from './data-folder.ts';
import { DataFolderError } from './errors.ts';

/** Locks descriptor 3 exclusively without waiting. Refused: status 1 and no word on standard error. */
export interface LockProgram {
  readonly command: string;
  readonly args: readonly string[];
}

const PERL = `use Fcntl qw(:flock); use Errno;
open(my $file, '+<&=', 3) or die;
flock($file, LOCK_EX | LOCK_NB) and exit 0;
exit 1 if $!{EWOULDBLOCK};
die $!;`;
const PYTHON = `import fcntl, sys
try: fcntl.flock(3, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError: sys.exit(1)`;

/** util-linux and busybox have the first; the others stand in where neither is. */
export const LOCK_PROGRAMS: readonly LockProgram[] = [
  { command: 'flock', args: ['-n', '3'] },
  { command: 'perl', args: ['-e', PERL] },
  { command: 'python3', args: ['-c', PYTHON] },
];
const PROGRAM_TIMEOUT_MS = 10_000;
/** Whoever removes the file between our opening and locking it makes us begin again. */
const MOST_ATTEMPTS = 10;

type Outcome = 'locked' | 'refused' | 'no program' | { readonly failure: string };

export interface FolderLock {
  /** A lock file was there already: the last server was not closed, or holds no lock. */
  readonly replaced: boolean;
  /** Why the folder is not guarded after all, or null. */
  readonly warning: string | null;
  /** Removes the file and ends the lock. May be called again. */
  release(): void;
}

/** @throws DataFolderError `in_use` when another server holds the lock, `lock_failed` */
export function acquireLock(folder: string, programs: readonly LockProgram[] = LOCK_PROGRAMS): FolderLock {
  const path = join(folder, 'lock');
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const replaced = isThere(path);
    const descriptor = open(path);
    let kept = false;
    try {
      const outcome = lockDescriptor(descriptor, programs);
      if (outcome === 'refused') {
        throw new DataFolderError('in_use', `cannot open storage: the data folder ${folder} is in use by another server (lock ${path})`);
      }
      // The server that had it may have removed the file meanwhile: then what we locked is not what others will open.
      if (outcome === 'locked' && !isSameFile(descriptor, path)) continue;
      const warning = outcome === 'locked' ? verify(path, programs) : `${unguarded(folder)}: ${reasonOfOutcome(outcome, programs)}`;
      kept = true;
      return new HeldLock(path, descriptor, replaced, warning);
    } finally {
      if (!kept) closeSync(descriptor);
    }
  }
  throw new DataFolderError(
    'lock_failed',
    `cannot lock the data folder ${folder}: its lock file is removed again and again (lock ${path})`,
  );
}

class HeldLock implements FolderLock {
  readonly replaced: boolean;
  readonly warning: string | null;
  readonly #path: string;
  #descriptor: number | null;

  constructor(path: string, descriptor: number, replaced: boolean, warning: string | null) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.replaced = replaced;
    this.warning = warning;
  }

  release(): void {
    if (this.#descriptor === null) return;
    // Removed while it is still locked: after that it may be another server's.
    if (isSameFile(this.#descriptor, this.#path)) unlinkSync(this.#path);
    closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'a+', 0o666);
  } catch (cause) {
    throw new DataFolderError('lock_failed', `cannot open the lock file ${path}: ${reasonOf(cause)}`, { cause });
  }
}

function lockDescriptor(descriptor: number, programs: readonly LockProgram[]): Outcome {
  for (const { command, args } of programs) {
    const { error, status, signal, stderr } = spawnSync(command, args, {
      stdio: ['ignore', 'ignore', 'pipe', descriptor],
      timeout: PROGRAM_TIMEOUT_MS,
      encoding: 'utf8',
    });
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') continue;
    if (error !== undefined) return { failure: `${command}: ${error.message}` };
    if (status === 0) return 'locked';
    const words = stderr.trim().split('\n').at(-1)!;
    if (status === 1 && words === '') return 'refused';
    return { failure: `${command} ended with ${signal ?? status}${words === '' ? '' : `: ${words}`}` };
  }
  return 'no program';
}

/** Some file systems (NFS) lock by process: there the lock went with the program that took it. A second try tells. */
function verify(path: string, programs: readonly LockProgram[]): string | null {
  const second = open(path);
  try {
    if (lockDescriptor(second, programs) !== 'locked') return null;
    return `the lock ${path} does not hold on this file system: nothing keeps a second server away from the data folder`;
  } finally {
    closeSync(second);
  }
}

function unguarded(folder: string): string {
  return `cannot lock the data folder ${folder}, so nothing keeps a second server away from it`;
}

function reasonOfOutcome(outcome: 'no program' | { readonly failure: string } | 'locked', programs: readonly LockProgram[]): string {
  if (typeof outcome === 'object') return outcome.failure;
  return `got no program that takes an flock, want one of ${programs.map(({ command }) => command).join(', ')} in the PATH`;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isSameFile(descriptor: number, path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  const { ino, dev } = fstatSync(descriptor);
  return there !== undefined && there.ino === ino && there.dev === dev;
}
