// What a query worker reads of the store's files: its blocks, and the head's closed chunks.
import { type ChunkFiles, createCodec } from '../kernel/index.ts';
import type { OpenQuerier } from '../storage/index.ts';
import { BlockFolder, BlockQuerier, HeadChunkFiles } from '../tsdb/index.ts';

/** All of a worker's queriers share the blocks that are open. */
export function openBlocks(dataFolder: string, module: WebAssembly.Module): OpenQuerier {
  const folder = new BlockFolder(dataFolder, createCodec(module));
  return (pause) => new BlockQuerier(folder, pause);
}

export function headChunkFiles(dataFolder: string, module: WebAssembly.Module): ChunkFiles {
  return new HeadChunkFiles(dataFolder, createCodec(module));
}
