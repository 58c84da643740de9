// The API's questions about series: label sets, label names and values as JSON arrays, sorted by their UTF-8 bytes.
import type { Labels } from '../model/index.ts';
import type { LabelsQuery, LabelTexts, Querier } from '../storage/index.ts';
import { WorkerError } from './errors.ts';
import { type Job, selectorsOf } from './job.ts';
import { openQuerier } from './job-querier.ts';
import type { LabelValuesRequest, ListResult, SeriesRequest } from './messages.ts';

/** Longer answers are refused: they would have to be held as a whole. */
const MOST_BYTES = 512 * 1024 * 1024;

export function runSeries(job: Job, request: SeriesRequest): Promise<ListResult> {
  return withQuerier(job, (querier) => seriesList(querier, queryOf(request), request.limit));
}

export function runLabelNames(job: Job, request: SeriesRequest): Promise<ListResult> {
  return withQuerier(job, async (querier) => listOf(await querier.labelNames(queryOf(request), request.limit)));
}

export function runLabelValues(job: Job, request: LabelValuesRequest): Promise<ListResult> {
  return withQuerier(job, async (querier) => listOf(await querier.labelValues(request.name, queryOf(request), request.limit)));
}

async function withQuerier<T>(job: Job, use: (querier: Querier) => Promise<T>): Promise<T> {
  const querier = openQuerier(job);
  try {
    return await use(querier);
  } finally {
    querier.dispose();
  }
}

function queryOf(request: SeriesRequest | LabelValuesRequest): LabelsQuery {
  return { selectors: selectorsOf(request), minTimeMs: request.minT, maxTimeMs: request.maxT };
}

function listOf({ texts, truncated }: LabelTexts): ListResult {
  return { json: Buffer.from(JSON.stringify(texts)), truncated };
}

async function seriesList(querier: Querier, query: LabelsQuery, limit: number): Promise<ListResult> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let left = limit > 0 ? limit : Number.POSITIVE_INFINITY;
  let truncated = false;
  for await (const batch of querier.labelSets(query)) {
    truncated = batch.length > left;
    const sets = truncated ? batch.slice(0, left) : batch;
    left -= sets.length;
    if (sets.length > 0) pieces.push(Buffer.from((pieces.length === 0 ? '[' : ',') + sets.map(labelsText).join(',')));
    bytes += sets.length > 0 ? pieces[pieces.length - 1].length : 0;
    if (bytes > MOST_BYTES) throw new WorkerError('out_of_memory', `the answer is longer than ${MOST_BYTES} bytes: ask for fewer series`);
    if (truncated) break;
  }
  return { json: Buffer.concat([...pieces, Buffer.from(pieces.length === 0 ? '[]' : ']')]), truncated };
}

function labelsText(labels: Labels): string {
  let text = '{';
  for (const [name, value] of labels) text += `${text.length > 1 ? ',' : ''}${JSON.stringify(name)}:${JSON.stringify(value)}`;
  return `${text}}`;
}
