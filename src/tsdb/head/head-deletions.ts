// What is deleted of the head: written to the log, then told to all who read samples. A deletion reaches to the newest sample that its series
// had, so that no later one is ever concerned; what blocks have meanwhile is forgotten here.
import { flatTombstones, type HeadMemory, HeadTombstones, ownRef, TOMBSTONE_FIELDS, type Tombstone } from '../../kernel/index.ts';
import { StorageError } from '../../storage/index.ts';
import { decodeTombstones, encodeTombstones } from '../wal/wal-record.ts';
import type { Head } from './head.ts';

/** About 280 KB. */
const STONES_A_RECORD = 10_000;
/** Intervals, 96 MB of them; more series than a head of 4 GiB holds. */
const MOST_STONES = 4_000_000;

export class HeadDeletions {
  #tombstones = new HeadTombstones();
  /** Is told of every change. */
  onChange: (tombstones: HeadTombstones) => void = () => {};

  get tombstones(): HeadTombstones {
    return this.#tombstones;
  }

  /**
   * They are in the log, and no reader that begins afterwards shows what they delete. @param added flat @param all with those that were there
   * before @throws StorageError: then nothing is deleted
   */
  async add(head: Head, added: Float64Array, all: HeadTombstones): Promise<void> {
    if (all.size > MOST_STONES)
      throw new StorageError('out_of_memory', `cannot delete series: got ${all.size} intervals in all, want at most ${MOST_STONES}`);
    const fields = STONES_A_RECORD * TOMBSTONE_FIELDS;
    for (let from = 0; from < added.length; from += fields) {
      const record = encodeTombstones(added.subarray(from, from + fields));
      await head.logRecord(record);
    }
    this.#change(all);
  }

  /** Blocks have all samples before that time (ms). */
  truncate(timeMs: number): void {
    this.#change(this.#tombstones.reaching(timeMs));
  }

  #change(tombstones: HeadTombstones): void {
    if (tombstones === this.#tombstones) return;
    this.#tombstones = tombstones;
    this.onChange(tombstones);
  }

  /** Takes in what the log says. */
  replayed(stones: readonly Tombstone[]): void {
    if (stones.length > 0) this.#change(this.#tombstones.with(flatTombstones(stones)));
  }
}

/** The tombstones of a log that is replayed, of series that it has. */
export class ReplayedTombstones {
  readonly stones: Tombstone[] = [];
  readonly #memory: HeadMemory;
  readonly #minTimeMs: number;

  /** @param minTimeMs samples before it are in blocks */
  constructor(memory: HeadMemory, minTimeMs: number) {
    this.#memory = memory;
    this.#minTimeMs = minTimeMs;
  }

  /** A record, behind those of its series; false when it is malformed. */
  take(record: Buffer): boolean {
    const stones = decodeTombstones(record);
    for (const stone of stones ?? []) {
      if (stone.maxTimeMs < this.#minTimeMs) continue;
      const ref = ownRef(this.#memory, stone.ref);
      if (ref !== 0) this.stones.push({ ...stone, ref });
    }
    return stones !== null;
  }
}
