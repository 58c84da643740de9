// The answer of /federate: selected, limited, then rendered window by window into pieces of the ring. Between two pieces
// the worker does other jobs' work; a job whose client is slow waits for a free piece and holds nothing but its copies.
import { Rendering } from '../kernel/index.ts';
import { createEncoder } from './encoder.ts';
import { WorkerError } from './errors.ts';
import { FederateBody } from './federate-body.ts';
import type { Job } from './job.ts';
import { answeredQuery, countLeftOut } from './left-out.ts';
import type { FederateRequest, FederateResult } from './messages.ts';

export async function runFederate(job: Job, request: FederateRequest): Promise<FederateResult> {
  const { externalLabels, utf8, headers, maxSeries } = request;
  const { minT, maxT } = request;
  // Before anything is held that others may wait for.
  const leftOut = await countLeftOut(job, request);
  const query = { ...answeredQuery(request), minT, maxT, withStale: false };
  const { visible, rendering } = await job.select(query, (visible) => {
    if (maxSeries === 0 || visible.count <= maxSeries) {
      return { visible, rendering: new Rendering(job.parts.reader, visible, { externalLabels, utf8, headers }) };
    }
    visible.dispose();
    return { visible, rendering: null };
  });
  if (rendering === null) {
    throw new WorkerError('too_many_series', `the answer has ${visible.count} series, more than the limit of ${maxSeries}`);
  }
  job.parts.memory.hold(job.id);
  job.parts.ring.join(job.id);
  try {
    job.parts.post({ kind: 'begin', job: job.id, series: visible.count });
    const textBytes = await new FederateBody(job, rendering, createEncoder(request.encoding)).send();
    const { gone, newestMs, hasInstances } = rendering;
    return { series: visible.count - gone, textBytes, gone, leftOut, newestMs, hasInstances };
  } finally {
    rendering.dispose();
    job.parts.ring.leave(job.id);
    job.parts.memory.leave(job.id);
  }
}
