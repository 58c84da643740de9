// The API's questions about series: label sets, label names and values as JSON arrays, sorted by their UTF-8 bytes.
// A series of the head counts when its newest sample, a stale marker too, lies in the window; one of a block when it has a chunk there.
import { Rendering } from '../kernel/index.ts';
import { compareUtf8 } from '../model/index.ts';
import { WorkerError } from './errors.ts';
import { type Job, storedSelectors } from './job.ts';
import type { LabelValuesRequest, ListResult, SeriesRequest } from './messages.ts';

/** Longer answers are refused: they would have to be held as a whole. */
const MOST_BYTES = 512 * 1024 * 1024;
/** Of blocks, between two looks at the event loop. */
const SETS_A_TURN = 1000;

export async function runSeries(job: Job, request: SeriesRequest): Promise<ListResult> {
  const { reader, window } = job.parts;
  let truncated = false;
  const visible = await job.select(request, true, (series) => {
    truncated = request.limit > 0 && series.count > request.limit;
    return truncated ? series.first(request.limit) : series;
  });
  const rendering = new Rendering(reader, visible, { format: 'label-sets', utf8: true, externalLabels: [], headers: false });
  job.parts.memory.hold(job.id);
  const fillOnce = (address: number, size: number) => {
    const { state, written } = rendering.fill(address, size);
    return { state, bytes: Buffer.from(reader.buffer.subarray(address, address + written)) };
  };
  const withMemory = (size: number) => {
    const address = reader.alloc(size + 64);
    try {
      return fillOnce(address, size);
    } finally {
      reader.arena.free(address);
    }
  };
  const pieces: Buffer[] = [Buffer.from('[')];
  let bytes = 1;
  try {
    for (let size = window.bytes; ; ) {
      const text = size === window.bytes ? await window.use(async () => fillOnce(window.address, size)) : withMemory(size);
      pieces.push(text.bytes);
      bytes += text.bytes.length;
      if (bytes > MOST_BYTES) throw new WorkerError('out_of_memory', `the answer is longer than ${MOST_BYTES} bytes: ask for fewer series`);
      if (text.state === 'done') break;
      size = text.bytes.length === 0 ? size * 4 : window.bytes; // one label set may be longer than a window
      await job.pause();
    }
  } finally {
    rendering.dispose();
    job.parts.memory.leave(job.id);
  }
  const json = Buffer.concat([...pieces, Buffer.from(']')]);
  // The last label set ends with a comma too.
  const whole = bytes > 1 ? Buffer.concat([json.subarray(0, -2), Buffer.from(']')]) : json;
  return withStored(job, request, { json: whole, truncated });
}

/** The head's label sets and behind them those that only blocks have. */
async function withStored(job: Job, request: SeriesRequest, head: ListResult): Promise<ListResult> {
  const stored = job.parts.source?.labelSets(storedSelectors(request), request.minT, request.maxT);
  if (stored === undefined || head.truncated) return head;
  let known: Set<string> | null = null;
  let truncated = false;
  let bytes = head.json.length;
  const more: string[] = [];
  for (const labels of stored) {
    // Only where blocks have series in the window is the head's list looked into.
    known ??= new Set((JSON.parse(Buffer.from(head.json).toString('utf8')) as object[]).map((set) => keyOf(Object.entries(set))));
    if (known.has(keyOf(labels))) continue;
    truncated = request.limit > 0 && known.size + more.length >= request.limit;
    if (truncated) break;
    more.push(JSON.stringify(Object.fromEntries(labels)));
    bytes += more[more.length - 1].length;
    if (bytes > MOST_BYTES) throw new WorkerError('out_of_memory', `the answer is longer than ${MOST_BYTES} bytes: ask for fewer series`);
    if (more.length % SETS_A_TURN === 0) await job.pause();
  }
  if (more.length === 0) return { json: head.json, truncated };
  const begin = Buffer.from(head.json).subarray(0, -1);
  return { json: Buffer.concat([begin, Buffer.from(`${begin.length > 1 ? ',' : ''}${more.join(',')}]`)]), truncated };
}

function keyOf(labels: readonly (readonly [string, string])[]): string {
  return JSON.stringify([...labels].sort((a, b) => compareUtf8(a[0], b[0])));
}

export async function runLabelNames(job: Job, request: SeriesRequest): Promise<ListResult> {
  const names = await job.select(request, true, (series) => {
    try {
      return series.labelNames();
    } finally {
      series.dispose();
    }
  });
  const stored = job.parts.source?.labelNames(storedSelectors(request), request.minT, request.maxT) ?? [];
  return listOf([...names, ...stored], request.limit);
}

export async function runLabelValues(job: Job, request: LabelValuesRequest): Promise<ListResult> {
  const values = await job.select(request, true, (series) => {
    try {
      return series.labelValues(request.name);
    } finally {
      series.dispose();
    }
  });
  const stored = job.parts.source?.labelValues(request.name, storedSelectors(request), request.minT, request.maxT) ?? [];
  return listOf([...values, ...stored], request.limit);
}

/** Each text once, in order. */
function listOf(all: readonly string[], limit: number): ListResult {
  const texts = [...new Set(all)].sort(compareUtf8);
  const truncated = limit > 0 && texts.length > limit;
  return { json: Buffer.from(JSON.stringify(truncated ? texts.slice(0, limit) : texts)), truncated };
}
