// What a query worker reads beside the head: the store's blocks.
import { createCodec } from '../kernel/index.ts';
import type { OpenQuerier } from '../storage/index.ts';
import { BlockFolder, BlockQuerier } from '../tsdb/index.ts';

/** All of a worker's queriers share the blocks that are open. */
export function openBlocks(dataFolder: string, module: WebAssembly.Module): OpenQuerier {
  const folder = new BlockFolder(dataFolder, createCodec(module));
  return (pause) => new BlockQuerier(folder, pause);
}
