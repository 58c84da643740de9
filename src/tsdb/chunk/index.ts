// Chunks: their encodings, and the files of a block that hold them. docs/format/chunks.md draws them.
export { cutChunk, encodeXorChunks } from './chunk-cut.ts';
export { ChunkError } from './errors.ts';
export { Samples } from './samples.ts';
export { decodeXorChunk } from './xor-chunk.ts';
export { XorEncoder } from './xor-encoder.ts';
