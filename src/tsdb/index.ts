export { prepareDataFolder } from './data-folder.ts';
export { DataFolderError, type DataFolderErrorCode } from './errors.ts';
export { Head, type HeadOptions, type HeadTotals } from './head/head.ts';
export { acquireLock, type FolderLock } from './lock.ts';
export { Store, type StoreOptions } from './store.ts';
export { WalError } from './wal/index.ts';
