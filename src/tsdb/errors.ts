// What keeps a store from being opened at all. Each message is one sentence that names the folder: it is all that the user sees.

export type DataFolderErrorCode = 'not_a_folder' | 'not_writable' | 'cannot_create' | 'in_use' | 'lock_failed';

export class DataFolderError extends Error {
  readonly code: DataFolderErrorCode;
  override name = 'DataFolderError';

  constructor(code: DataFolderErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
