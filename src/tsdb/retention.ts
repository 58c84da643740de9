// Which blocks are beyond the retention: the decisions of Prometheus (tsdb/db.go, BeyondTimeRetention and BeyondSizeRetention).

export interface RetentionLimits {
  /** Each 0 for none. */
  readonly timeMs: number;
  readonly sizeBytes: number;
}

export interface RetainedBlock {
  readonly ulid: string;
  readonly maxTime: number;
  readonly sizeBytes: number;
}

/** @param otherBytes of the log and the head's chunk files, which count for the size */
export function beyondRetention(
  blocks: readonly RetainedBlock[],
  limits: RetentionLimits,
  otherBytes: number,
): { readonly time: string[]; readonly size: string[] } {
  const newestFirst = [...blocks].sort((a, b) => b.maxTime - a.maxTime);
  const newest = newestFirst[0]?.maxTime ?? 0;
  const from = limits.timeMs === 0 ? -1 : newestFirst.findIndex(({ maxTime }, i) => i > 0 && newest - maxTime >= limits.timeMs);
  const kept = from < 0 ? newestFirst : newestFirst.slice(0, from);
  const time = newestFirst.slice(kept.length).map(({ ulid }) => ulid);
  let bytes = otherBytes;
  const tooLarge =
    limits.sizeBytes === 0
      ? -1
      : newestFirst.findIndex(({ sizeBytes }) => {
          bytes += sizeBytes;
          return bytes > limits.sizeBytes;
        });
  const size = tooLarge < 0 ? [] : newestFirst.slice(tooLarge).map(({ ulid }) => ulid);
  return { time, size: size.filter((ulid) => !time.includes(ulid)) };
}
