// What a match[] costs if /federate answers it now: the same selections, rendered and compressed as for a client, and counted instead of sent.
// Its copies are held as those of an answer are; it gives way after each piece.
import { LabelTally, Rendering, type VisibleSeries } from '../kernel/index.ts';
import { createEncoder } from './encoder.ts';
import { WorkerError } from './errors.ts';
import { FederateBody } from './federate-body.ts';
import type { Job } from './job.ts';
import { Largest } from './largest.ts';
import { answeredQuery } from './left-out.ts';
import type { AnsweredRequest, CostRequest, CostResult } from './messages.ts';

/** Held while it is counted, all of it in the arena. */
interface Counted {
  readonly visible: VisibleSeries;
  /** Null: there are too many series. */
  readonly held: { readonly rendering: Rendering; readonly tally: LabelTally } | null;
}

export async function runCost(job: Job, request: CostRequest): Promise<CostResult> {
  const { maxSeries, externalLabels } = request;
  const selectors = await countAlone(job, request);
  const { visible, held } = await select(job, request);
  if (held === null) {
    const message = `the answer would have ${visible.count} series, more than the limit of ${maxSeries}`;
    throw new WorkerError('too_many_series', message);
  }
  const { rendering, tally } = held;
  job.parts.memory.hold(job.id);
  try {
    const metrics = new Largest(request.mostMetrics);
    while (tally.add(visible, (name, series) => metrics.add(series, () => name))) await job.pause();
    let gzipBytes = 0;
    const count = async (bytes: Buffer): Promise<void> => {
      gzipBytes += bytes.length;
    };
    const textBytes = await new FederateBody(job, rendering, createEncoder('gzip'), count).send();
    return {
      series: tally.series,
      selectors: selectors ?? [tally.series],
      instanceSeries: tally.storedIn('instance'),
      textBytes,
      gzipBytes,
      metrics: metrics.list(),
      labels: tally.costs(externalLabels).slice(0, request.mostLabels),
    };
  } finally {
    tally.dispose();
    rendering.dispose();
    job.parts.memory.leave(job.id);
  }
}

/** Waits and throws as Job.select(). */
function select(job: Job, request: CostRequest): Promise<Counted> {
  const { minT, maxT, maxSeries, externalLabels } = request;
  const { reader } = job.parts;
  return job.select({ ...answeredQuery(request), minT, maxT, withStale: false }, (visible) => {
    if (maxSeries > 0 && visible.count > maxSeries) {
      visible.dispose();
      return { visible, held: null };
    }
    const rendering = new Rendering(reader, visible, { externalLabels, utf8: false, headers: false });
    try {
      return { visible, held: { rendering, tally: new LabelTally(reader) } };
    } catch (error) {
      rendering.dispose();
      throw error;
    }
  });
}

/** How many series each selector would bring alone; null where there is one: that is the union. One after the other, so that one copy is held at a time. */
async function countAlone(job: Job, request: CostRequest): Promise<number[] | null> {
  if (request.selectors.length === 1) return null;
  const counts: number[] = [];
  for (const [index, selector] of request.selectors.entries()) counts.push(await countSelected(job, alone(request, selector, index)));
  return counts;
}

/** Series with a name, since others are not answered. */
async function countSelected(job: Job, request: AnsweredRequest): Promise<number> {
  const { minT, maxT } = request;
  const { reader } = job.parts;
  const { visible, tally } = await job.select({ ...answeredQuery(request), minT, maxT, withStale: false }, (visible) => {
    try {
      return { visible, tally: new LabelTally(reader) };
    } catch (error) {
      visible.dispose();
      throw error;
    }
  });
  job.parts.memory.hold(job.id);
  try {
    while (tally.add(visible, () => undefined)) await job.pause();
    return tally.series;
  } finally {
    tally.dispose();
    visible.dispose();
    job.parts.memory.leave(job.id);
  }
}

function alone(request: AnsweredRequest, selector: AnsweredRequest['selectors'][number], index: number): AnsweredRequest {
  const { leftOut } = request;
  const isMeant = leftOut === null || leftOut.meantBy.includes(index);
  return { ...request, selectors: [selector], leftOut: isMeant ? null : { ...leftOut, meantBy: [] } };
}
