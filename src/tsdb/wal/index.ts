// The write-ahead log's files: docs/format/wal.md draws them.
export { WalError, type WalErrorCode } from './errors.ts';
export { decodeMetadata, encodeMetadata, type RefMetadata } from './metadata-record.ts';
export { type LogSpan, OtherRecords } from './other-records.ts';
export { PIECE_FIELDS, RecordFeed, type RecordPiece } from './record-feed.ts';
export { type CheckpointCounts, type CheckpointOptions, writeCheckpoint } from './wal-checkpoint.ts';
export { WalLog } from './wal-log.ts';
export { partBytes, type WalCodec, type WalCorruption, type WalPart, WalReader, wholeSegments } from './wal-reader.ts';
export { repairSegments, type SetAside } from './wal-repair.ts';
export { lastCheckpoint, listCheckpoints, listSegments, removeCheckpointsBefore, type WalSegment, walBytes } from './wal-segments.ts';
export { WalWriter } from './wal-writer.ts';
