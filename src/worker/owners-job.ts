// Which targets wrote the selected series of the head last. Its record says so: what is in blocks alone has no owner any more.
import { type HeadReader, VISIBLE_BYTES, type VisibleSeries } from '../kernel/index.ts';
import { headQuery, type Job, selectorsOf } from './job.ts';
import type { OwnersRequest, OwnersResult, SeriesOwner } from './messages.ts';

/** About a millisecond. */
const SERIES_A_PIECE = 1024;

export async function runOwners(job: Job, request: OwnersRequest): Promise<OwnersResult> {
  const { minT, maxT, externalLabels, mostSeries, mostNames } = request;
  const { reader } = job.parts;
  const query = { ...headQuery(selectorsOf(request), externalLabels), minT, maxT, withStale: true };
  // The entries that are looked at are copied: the many others need not be held.
  const { refs, selected } = await job.select(query, (visible) => {
    try {
      return { refs: firstRefs(reader, visible, mostSeries), selected: visible.count };
    } finally {
      visible.dispose();
    }
  });
  const owners = new Owners(mostNames);
  for (let from = 0; from < refs.length; from += SERIES_A_PIECE) {
    reader.inEpoch(() => owners.add(reader, refs.subarray(from, from + SERIES_A_PIECE)));
    await job.pause();
  }
  return { owners: owners.list(), selected };
}

function firstRefs({ words }: HeadReader, { address, count }: VisibleSeries, most: number): Uint32Array {
  return Uint32Array.from({ length: Math.min(count, most) }, (_, i) => words[(address + i * VISIBLE_BYTES) / 4 + 1]);
}

class Owners {
  readonly #mostNames: number;
  readonly #byId = new Map<number, { series: number; readonly names: Set<string> }>();

  constructor(mostNames: number) {
    this.#mostNames = mostNames;
  }

  /** Inside of an epoch. Series that were removed meanwhile are passed over. */
  add(reader: HeadReader, refs: Uint32Array): void {
    for (const ref of refs) {
      const slot = reader.kernel.refToSlot(ref) >>> 0;
      if (slot === 0) continue;
      const id = reader.kernel.seriesOwner(slot) >>> 0;
      const owner = this.#byId.get(id) ?? { series: 0, names: new Set<string>() };
      if (owner.series === 0) this.#byId.set(id, owner);
      owner.series++;
      if (owner.names.size >= this.#mostNames) continue;
      const name = reader.label(slot, '__name__');
      if (name !== '') owner.names.add(name);
    }
  }

  /** Those with the most series first. */
  list(): SeriesOwner[] {
    const owners = [...this.#byId].map(([id, { series, names }]) => ({ id, series, names: [...names].sort() }));
    return owners.sort((a, b) => b.series - a.series || a.id - b.id);
  }
}
