// What is wrong with a block or keeps it from being written. Each message is one sentence that names the block's file.

export type BlockErrorCode = 'damaged' | 'unsupported' | 'read_failed' | 'write_failed' | 'disk_full';

export class BlockError extends Error {
  readonly code: BlockErrorCode;
  override name = 'BlockError';

  constructor(code: BlockErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What the system says when it does not write, in our words. */
export function writeError(path: string, cause: unknown): BlockError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (FULL.has(code)) return new BlockError('disk_full', `cannot write ${path}: no space left on the device`, { cause });
  return new BlockError('write_failed', `cannot write ${path}: ${message}`, { cause });
}
