// What the stress test appends: every sample of every series follows from its identity, so a reader can check all it sees.
// A series is `{__name__="stress", id="<number>_<first batch>"}`; it gets one sample a batch, three in every seventh.

export const T0 = 1_700_000_000_000;
export const STEP_MS = 15_000;

function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Samples of one series in the batches 1..b. */
export function samplesUntil(b: number): number {
  return b + 2 * Math.floor(b / 7);
}

/** Every tenth series lives for so many batches only; the sweep removes it when its last sample is older than the retention. */
export const LIFETIME = 40;
export const RETENTION_MS = 200 * STEP_MS;

export function isMortal(id: number): boolean {
  return id % 10 === 9;
}

/** Samples (over all batches) of the series when the batches 1..horizon are visible. */
export function samplesAt(id: number, firstBatch: number, horizon: number): number {
  return samplesUntil(isMortal(id) ? Math.min(horizon, firstBatch + LIFETIME - 1) : horizon);
}

/** The timestamp of sample number k (over all batches) of a series; every fifth series has jitter. */
export function sampleTime(id: number, k: number): number {
  return T0 + k * STEP_MS + (id % 5 === 0 ? mix(id * 31 + k) % 64 : 0);
}

/** Values of several kinds: random doubles, counters, small integers, constants. */
export function sampleValue(id: number, k: number): number {
  switch (id % 4) {
    case 0:
      return mix(id * 7919 + k) / 4294967296 + mix(k * 104729 + id) * 2 ** -21;
    case 1:
      return k * (id & 7);
    case 2:
      return mix(k * 31 + id) & 0xffff;
    default:
      return id;
  }
}

export interface ReaderTask {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly reader: number;
  readonly seed: number;
  readonly seconds: number;
  /** How many of the first and of the newest refs are worth reading. */
  readonly refs: number;
}

export interface ReaderReport {
  queries: number;
  pinned: number;
  samples: number;
  /** Records of stored chunks that were compared. */
  stored: number;
  newerHorizon: number;
  /** Pins whose ordinal, time or value was not the horizon's. */
  wrongPins: number;
  /** Samples of chunks that were not what was appended. */
  wrongSamples: number;
  trap: string;
}
