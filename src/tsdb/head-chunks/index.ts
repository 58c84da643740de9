// Closed chunks of the head, in Prometheus's head chunk files.
export { HeadChunkFiles } from './chunk-files.ts';
export { HeadChunkError, type HeadChunkErrorCode } from './errors.ts';
export { type Checksum, HEAD_CHUNK_FILE_BYTES, type HeadChunk, type HeadChunkAddress, headChunkSamples } from './head-chunk.ts';
export { HEAD_CHUNKS_ASIDE_FOLDER, HEAD_CHUNKS_FOLDER, type HeadChunkFile } from './head-chunk-file.ts';
export { HeadChunkReader, type HeadChunkReaderOptions } from './head-chunk-reader.ts';
export { type HeadChunkDamage, HeadChunkScan, type StoredHeadChunk } from './head-chunk-scan.ts';
export { HeadChunkWriter, type HeadChunkWriterOptions } from './head-chunk-writer.ts';
export { type HeadChunksAside, setHeadChunksAside } from './set-aside.ts';
