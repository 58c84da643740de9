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
