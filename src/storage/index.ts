// What the store's users see of it: contracts, and the data that passes through them. src/tsdb and src/worker implement them.
export * from './appender.ts';
export * from './errors.ts';
export * from './querier.ts';
export * from './samples.ts';
