// Chunks: their encodings, and the files of a block that hold them. docs/format/chunks.md draws them.
export { cutChunk, encodeXorChunks } from './chunk-cut.ts';
export { decodeChunk } from './chunk-decode.ts';
export { ChunkError } from './errors.ts';
export { decodeXorChunk } from './xor-chunk.ts';
export { XorEncoder } from './xor-encoder.ts';
