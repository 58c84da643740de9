// The kernel's exports for scanning, the record fields that the door reads, and the events, as assembly/target-cache.ts and
// assembly/scan-event.ts have them (target-cache.test.ts compares the numbers).

export interface ScanExports {
  cacheNew(): number;
  cacheTarget(cache: number, block: number, length: number): number;
  cacheFree(cache: number): void;
  cacheFinish(cache: number): number;
  cacheFail(cache: number, batch: number, time: number): number;
  cacheMemory(cache: number): number;
  cacheValues(cache: number, kind: number, from: number, out: number, limit: number): number;
  scanBegin(cache: number, batch: number, time: number, maxTime: number, options: number, sampleLimit: number): void;
  scanFeed(cache: number, offset: number, length: number, last: number, workLimit: number): number;
  scan(cache: number): number;
  resolveSeries(cache: number, slot: number): number;
  resolveMetadata(cache: number, id: number): void;
  resolveNumber(cache: number, value: number): void;
  parseNumberTest(text: number, out: number): number;
}

export const field = {
  COUNT: 4,
  MARKED: 44,
  METADATA_CHANGED: 48,
  TYPE: 84,
  LINE: 88,
  SCRAPED: 92,
  KEPT: 96,
  ADDED: 100,
  DUPLICATES: 104,
  OUT_OF_BOUNDS: 108,
  OVER_LIMIT: 116,
  VANISHED: 120,
  CURSOR: 128,
  EVENT_AT: 160,
  EVENT_LENGTH: 164,
  EVENT_CODE: 168,
  FED_AT: 264,
  NEWEST: 272,
} as const;

export const event = {
  WINDOW_DONE: 0,
  MISS_SERIES: 1,
  MISS_NOT_TAKEN: 2,
  MISS_COMMENT: 3,
  BAD_LINE: 4,
  NO_MEMORY: 5,
  NUMBER: 6,
  SPENT: 7,
} as const;
