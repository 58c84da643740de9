import { StorageError } from '../../storage/index.ts';
import { BlockError } from '../block/index.ts';
import { ChunkError } from '../chunk/index.ts';

/** What reading blocks throws, as the read contract has it; what is no operating error stays as it is. */
export function storageErrorOf(error: unknown): unknown {
  if (error instanceof ChunkError) return new StorageError('damaged', error.message, { cause: error });
  if (!(error instanceof BlockError)) return error;
  const code = error.code === 'damaged' || error.code === 'unsupported' ? error.code : 'read_failed';
  return new StorageError(code, error.message, { cause: error });
}
