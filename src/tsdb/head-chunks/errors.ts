// Operating errors of the head chunk files, told apart by `code`.

/** damaged: the bytes are not what was written. gone: the file was deleted, since a block has what it held. */
export type HeadChunkErrorCode = 'damaged' | 'gone' | 'read_failed' | 'write_failed' | 'disk_full';

export class HeadChunkError extends Error {
  readonly code: HeadChunkErrorCode;

  constructor(code: HeadChunkErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'HeadChunkError';
    this.code = code;
  }
}

/** What a failed write to a head chunk file is called. */
export function writeFailure(what: string, cause: unknown): HeadChunkError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new HeadChunkError(full ? 'disk_full' : 'write_failed', `cannot write ${what}: ${message}`, { cause });
}
