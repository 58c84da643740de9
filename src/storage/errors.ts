// Operating errors of the store, told apart by `code`.

export type StorageErrorCode =
  | 'out_of_memory'
  | 'too_many_names'
  | 'closed'
  | 'invalid_labels'
  /** A series went while it was still to be read what its labels are. */
  | 'gone'
  | 'disk_full'
  | 'write_failed'
  /** Of reading: the file system said no, what is stored is damaged, or it is of a later kind than is known here. */
  | 'read_failed'
  | 'damaged'
  | 'unsupported';

export class StorageError extends Error {
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StorageError';
    this.code = code;
  }
}
