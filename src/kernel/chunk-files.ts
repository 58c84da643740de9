// What the head's readers ask of the files that its closed chunks lie in.

export interface StoredChunk {
  /** Number of the file, and where in it. */
  readonly file: number;
  readonly offset: number;
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

export interface ChunkFiles {
  /**
   * The chunk's u16 sample count and bit stream; null when its file was deleted, since a block has what it held. A view until the next call.
   * @throws Error that says which chunk cannot be read
   */
  read(place: StoredChunk, seriesRef: number): Uint8Array | null;
}
