// A query: evaluated, and its answer written. A small answer goes back with the result; of a larger one pieces go to the client as they
// are ready, and the job waits where the client is slow.
import { type QueryStatistics, type QueryValue, shownAnnotations } from '../promql/index.ts';
import { createEncoder } from './encoder.ts';
import type { Job } from './job.ts';
import { openQuerier } from './job-querier.ts';
import type { QueryRequest, QueryResult } from './messages.ts';
import { QueryText } from './query-text.ts';
import { evaluateStored } from './stored-evaluation.ts';

/** A query works for so long before others have their turn. */
const SLICE_MS = 4;
/** An answer of no more is sent in one go. */
const SMALL_BYTES = 64 * 1024;
/** Less than this does not pay to be compressed. */
const LEAST_ENCODED_BYTES = 1024;

export async function runQuery(job: Job, request: QueryRequest): Promise<QueryResult> {
  const started = performance.now();
  const { query, times, options } = request;
  const breathe = breathing(job);
  const data = { open: (labelsAtOnce: boolean) => openQuerier(job, labelsAtOnce), breathe };
  const answer = await evaluateStored(query, times, data, options, (whole) => whole);
  const { value, truncated } = limited(answer.value, request.limit);
  const { statistics, infos } = answer;
  const warnings = truncated ? [...answer.warnings, 'results truncated due to limit'] : answer.warnings;
  const json = statisticsText(statistics, request, performance.now() - started);
  const tail =
    (request.statistics === 'none' ? '' : `,"stats":${json}`) +
    '}' +
    annotationsText('warning', warnings) +
    annotationsText('info', infos) +
    '}';
  const text = new QueryText(job.parts.reader);
  try {
    const body = await sendText(job, text.write(value, '{"status":"success","data":', tail), request.encoding);
    const { prepareMs, evalMs, sortMs } = statistics;
    return { body, statistics: json, samples: statistics.totalQueryableSamples, prepareMs, evalMs, sortMs };
  } finally {
    text.dispose();
  }
}

function breathing(job: Job): () => Promise<void> | null {
  let since = performance.now();
  return () => {
    if (performance.now() - since < SLICE_MS) return null;
    return job.pause().then(() => {
      since = performance.now();
    });
  };
}

function limited(value: QueryValue, limit: number): { value: QueryValue; truncated: boolean } {
  if (limit === 0) return { value, truncated: false };
  if (value.type === 'samples' && value.series.length > limit)
    return { value: { ...value, series: value.series.slice(0, limit) }, truncated: true };
  if ((value.type === 'vector' || value.type === 'matrix') && value.rows.order.length > limit)
    return { value: { ...value, rows: { ...value.rows, order: value.rows.order.slice(0, limit) } }, truncated: true };
  return { value, truncated: false };
}

function annotationsText(kind: 'warning' | 'info', all: readonly string[]): string {
  return all.length === 0 ? '' : `,"${kind}s":${JSON.stringify(shownAnnotations(all, kind))}`;
}

/** Of a query that was not answered. */
export function statisticsWithout(queuedMs: number, totalMs: number): string {
  const timings = { evalTotalTime: 0, resultSortTime: 0, queryPreparationTime: 0, innerEvalTime: 0 };
  const known = { execQueueTime: queuedMs / 1000, execTotalTime: totalMs / 1000 };
  return JSON.stringify({ timings: { ...timings, ...known }, samples: { totalQueryableSamples: 0, peakSamples: 0 } });
}

/** In seconds, as Prometheus has them. */
export function statisticsText(
  statistics: QueryStatistics,
  { queuedMs, statistics: wanted }: Pick<QueryRequest, 'queuedMs' | 'statistics'>,
  evaluatedMs: number,
): string {
  const { prepareMs, evalMs, sortMs, totalQueryableSamples, peakSamples, perStep } = statistics;
  const timings = {
    evalTotalTime: evaluatedMs / 1000,
    resultSortTime: sortMs / 1000,
    queryPreparationTime: prepareMs / 1000,
    innerEvalTime: evalMs / 1000,
    execQueueTime: queuedMs / 1000,
    execTotalTime: (queuedMs + evaluatedMs) / 1000,
  };
  const steps =
    wanted === 'all' && perStep !== null ? { totalQueryableSamplesPerStep: perStep.map(([ms, count]) => [ms / 1000, count]) } : {};
  return JSON.stringify({ timings, samples: { ...steps, totalQueryableSamples, peakSamples } });
}

/** Returns the whole body where it is small. */
async function sendText(job: Job, text: Generator<Buffer>, encoding: QueryRequest['encoding']): Promise<Uint8Array | null> {
  const first: Buffer[] = [];
  let bytes = 0;
  let ended = false;
  while (!ended && bytes <= SMALL_BYTES) {
    const { done, value } = text.next();
    ended = done === true;
    if (ended) break;
    first.push(Buffer.from(value));
    bytes += value.length;
  }
  if (ended && (bytes < LEAST_ENCODED_BYTES || (bytes <= SMALL_BYTES && encoding === 'identity'))) return Buffer.concat(first);
  const { ring } = job.parts;
  ring.join(job.id);
  const encoder = createEncoder(encoding);
  try {
    job.parts.post({ kind: 'begin', job: job.id, series: 0 });
    const send = async (piece: Buffer): Promise<void> => {
      await sendCopy(job, encoder === null ? piece : await encoder.encode(piece));
      await job.pause();
    };
    for (const piece of first) await send(piece);
    for (const piece of text) await send(piece);
    if (encoder !== null) await sendCopy(job, await encoder.end());
    return null;
  } finally {
    encoder?.dispose();
    ring.leave(job.id);
  }
}

/** Through pieces of the ring, in parts where it is longer than one. */
async function sendCopy(job: Job, bytes: Buffer): Promise<void> {
  const { ring, reader } = job.parts;
  for (let at = 0; at < bytes.length; at += ring.slotBytes) {
    const slot = await ring.take(job.id);
    const length = bytes.copy(reader.buffer, ring.addressOf(slot), at, Math.min(at + ring.slotBytes, bytes.length));
    job.parts.post({ kind: 'piece', job: job.id, slot, address: ring.addressOf(slot), length });
  }
}
