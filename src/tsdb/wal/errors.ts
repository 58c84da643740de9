// What can go wrong with the log's files. What is wrong inside of them is no error but a place (WalCorruption): reading goes no further.

export type WalErrorCode = 'disk_full' | 'write_failed' | 'read_failed' | 'bad_folder';

export class WalError extends Error {
  readonly code: WalErrorCode;
  override name = 'WalError';

  constructor(code: WalErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** A failed write as the log tells it. */
export function writeError(path: string, cause: unknown): WalError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (FULL.has(code)) return new WalError('disk_full', `cannot write the log ${path}: no space left on the device`, { cause });
  return new WalError('write_failed', `cannot write the log ${path}: ${message}`, { cause });
}

/** What was caught, if it is a file's failure as the log tells it; anything else is a mistake of the program, and stays what it is. */
export function fileError(path: string, caught: unknown): unknown {
  return caught instanceof WalError || (caught as NodeJS.ErrnoException).syscall === undefined ? caught : writeError(path, caught);
}
