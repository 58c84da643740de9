// What is wrong inside of a chunk whose checksum is right: whoever wrote it made it so, or it came past no checksum.

export class ChunkError extends Error {
  readonly code = 'malformed_chunk';
  override name = 'ChunkError';
}
