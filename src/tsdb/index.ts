export { BackgroundError } from './background/background.ts';
export { BackgroundWorker } from './background/background-worker.ts';
export type { BackgroundInit } from './background/messages.ts';
export {
  type BlockCodec,
  BlockError,
  type BlockMeta,
  BlockReader,
  type BlockSeries,
  ChunkEncoding,
  type StoredBlockSeries,
  ULID,
  writeBlock,
} from './block/index.ts';
export { BlockFolder } from './block-folder.ts';
export { decodeChunk, encodeXorChunks } from './chunk/index.ts';
export { prepareDataFolder, reasonOf } from './data-folder.ts';
export { DataFolderError, type DataFolderErrorCode } from './errors.ts';
export { Head, type HeadOptions, type HeadTotals } from './head/head.ts';
export { HeadChunkFiles } from './head-chunks/index.ts';
export { acquireLock, type FolderLock } from './lock.ts';
export { BlockQuerier, type BlocksQuery, BlocksSeries, selectFromBlocks } from './querier/index.ts';
export { Store, type StoreOptions } from './store.ts';
export { WalError } from './wal/index.ts';
