// Who reads the log while it is replayed: this thread where there is little to read, else the background thread, which is some pieces ahead.

import type { Background } from '../background/background.ts';
import { partBytes, RecordFeed, type RecordPiece, type WalCodec, type WalPart } from '../wal/index.ts';
import type { PiecesOf } from './head-replay.ts';

/** Below, to begin with another thread and to hand things over costs more than it saves. */
const LEAST_PARALLEL_BYTES = 24 * 1024 * 1024;
/** Pieces of a megabyte that wait at most. */
const PIECES_AHEAD = 4;

/** @param leastBytes that are read by the background thread */
export function logPieces(codec: WalCodec, background: Pick<Background, 'run'>, leastBytes = LEAST_PARALLEL_BYTES): PiecesOf {
  return (parts) => (partBytes(parts) < leastBytes ? readHere(parts, codec) : readThere(parts, background));
}

function* readHere(parts: readonly WalPart[], codec: WalCodec): Generator<RecordPiece> {
  const feed = new RecordFeed(parts, codec);
  try {
    for (let spare: ArrayBuffer | null = null; ; ) {
      const piece = feed.next(spare);
      yield piece;
      if (piece.isLast) return;
      spare = piece.bytes.buffer;
    }
  } finally {
    feed.close();
  }
}

async function* readThere(parts: readonly WalPart[], background: Pick<Background, 'run'>): AsyncGenerator<RecordPiece> {
  const ask = (begin: readonly WalPart[] | null, spare: ArrayBuffer | null): Promise<RecordPiece> => {
    const piece = background.run({ type: 'readLog', parts: begin, spare });
    // It is looked at when its turn comes.
    piece.catch(() => undefined);
    return piece;
  };
  const ahead = [ask(parts, null)];
  while (ahead.length < PIECES_AHEAD) ahead.push(ask(null, null));
  try {
    for (;;) {
      const piece = await ahead.shift()!;
      yield piece;
      if (piece.isLast) return;
      ahead.push(ask(null, piece.bytes.buffer));
    }
  } finally {
    // What was asked for in vain comes to nothing, before anybody else begins to read.
    await Promise.allSettled(ahead);
  }
}
