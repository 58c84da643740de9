// The kernel's exports: everything the doors in src/kernel/ may call. One module, one build, an instance a thread.
export { configure, init, truncateBefore } from './memory';
export { heapFree } from './alloc';
export { batchFree, batchLength, batchNew, batchPushStale, batchPushValue } from './batch';
export { appendPieces, commitBatch, openTick } from './append';
export { clearEpoch, enterEpoch, horizon, leaveEpoch, limboFree, reclaim } from './epoch';
export { findName, findPair } from './pairs';
export { decodeChunk } from './chunk';
export { decodeRun } from './chunk-run';
export { newestAtOrBefore, pinAll, pinnedSamples, pinSample, timesToFloats } from './pin';
export { holdSeries, seriesError, seriesFor, unholdSeries } from './series';
export { refToSlot } from './slots';
export { crc32c } from './crc32c';
export { snappyCompress, snappyDecompress, snappyLength } from './snappy';
export { walBatch, walBegin, walRecord } from './wal-encode';
export { replaySamples } from './replay-samples';
export { exportChunks } from './export-chunks';
export { closedSeries, oldestInMemory, storeChunks } from './stored-chunk';
export { rankSeries, sortedSeries, sortSeries } from './sorted-series';
export { giveNewest, lacksNewest, replayChunks } from './replay-chunks';
export { endReplay, replayAliases, replaySeries } from './replay-series';
export { sweepStep } from './sweep';
export { renderJsonRow, renderJsonSamples, renderTimes } from './json-samples';
export { formatExposition, formatInteger, formatJsonNumber } from './number-format';
export { renderExposition } from './render';
export {
  allPostings,
  arenaBytes,
  arenaOf,
  deletions,
  dropDead,
  fillBytes,
  groupCount,
  groupOrder,
  groupPlace,
  lastRef,
  listLength,
  nameText,
  nameTextLength,
  nameTop,
  nextFamilies,
  pairCountOfName,
  pairName,
  pairsOfName,
  pairTop,
  pairValue,
  pairValueLength,
  postingsOf,
  selectScan,
  seriesOwner,
  seriesPairCount,
  seriesPairs,
  slotTop,
} from './select';
export { tallyFamily } from './tally';
export { copyVisible, markNames, markPairs } from './visible';
export { cacheFree, cacheMemory, cacheNew, cacheTarget, cacheValues } from './target-cache';
export { cacheFail, cacheFinish } from './vanishing';
export { scan, scanBegin, scanFeed } from './scan';
export { resolveMetadata, resolveNumber, resolveSeries } from './scan-line';
export { parseNumberTest } from './number-parse';
