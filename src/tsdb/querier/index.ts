// Reading the store: several blocks as one.
export { BlockQuerier } from './block-querier.ts';
export { type BlocksQuery, BlocksSeries, selectFromBlocks } from './blocks-series.ts';
