// Chunks: their encodings, and the files of a block that hold them.
export { ChunkError, cutChunk, decodeXorChunk, encodeXorChunks, Samples, XorEncoder } from './xor-chunk.ts';
