// Reading the store: several blocks as one.
export { type BlocksQuery, BlocksSeries, selectFromBlocks } from './block-querier.ts';
