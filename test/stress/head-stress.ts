// Runs the head's protocol under stress: this thread writes as fast as it can, reader threads check every sample they see.
import { Worker } from 'node:worker_threads';
import {
  type ClosedChunk,
  createHeadMemory,
  HeadReader,
  HeadSeriesReader,
  HeadWriter,
  type SeriesSlot,
  STORED_ENTRY_BYTES,
  STORED_ENTRY_WORDS,
  writeStoredEntry,
} from '../../src/kernel/index.ts';
import { isMortal, LIFETIME, RETENTION_MS, type ReaderReport, type ReaderTask, samplesUntil, sampleTime, sampleValue } from './workload.ts';

export interface StressOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly series?: number;
  readonly readers?: number;
  readonly checked?: boolean;
  readonly wasm?: Uint8Array;
}

export interface StressReport extends ReaderReport {
  batches: number;
  appended: number;
  seriesRemoved: number;
  chunksRemoved: number;
  chunksStored: number;
  heapBytes: number;
}

/** A reader that takes so much longer than it was told to hangs. */
const HANG_SECONDS = 30;

const NOTHING_READ: ReaderReport = {
  queries: 0,
  pinned: 0,
  samples: 0,
  stored: 0,
  newerHorizon: 0,
  wrongPins: 0,
  wrongSamples: 0,
  trap: '',
};

interface Live {
  readonly id: number;
  readonly slot: SeriesSlot;
  readonly last: number;
}

/** Appends batch after batch for `seconds`, with series that come and go, old chunks dropped, and slots used again. */
export async function stressHead(options: StressOptions): Promise<StressReport> {
  const count = options.series ?? 1000;
  const readers = options.readers ?? 2;
  const head = createHeadMemory({
    bytes: 512 * 1024 * 1024,
    workers: readers + 1,
    checked: options.checked,
    wasm: options.wasm,
    retentionMs: RETENTION_MS,
    chunkRangeMs: 100 * 15_000,
  });
  const writer = new HeadWriter(head);
  const closed = new HeadSeriesReader(new HeadReader({ ...head, index: readers }));
  let chunksStored = 0;
  let number = 0;
  let live: Live[] = [];
  let nextId = 0;

  function createSeries(id: number): Live {
    const firstBatch = number + 1;
    const slot = writer.series(
      [
        ['__name__', 'stress'],
        ['id', `${id}_${firstBatch}`],
      ],
      0,
    );
    head.exports.holdSeries(slot); // as a target cache does
    return { id, slot, last: isMortal(id) ? firstBatch + LIFETIME - 1 : Number.POSITIVE_INFINITY };
  }

  function appendBatch(): void {
    const batch = writer.openBatch();
    const from = samplesUntil(number);
    const to = samplesUntil(number + 1);
    for (const { id, slot } of live) for (let k = from; k < to; k++) batch.push(slot, sampleTime(id, k), sampleValue(id, k));
    for (let piece = 0; ; ) {
      piece = writer.append(batch, piece, 1);
      if (piece === 0) break;
    }
    writer.commit();
    batch.free();
    number++;
    const gone = live.filter(({ last }) => last <= number);
    live = live.filter(({ last }) => last > number);
    for (const { slot } of gone) {
      head.exports.unholdSeries(slot);
      nextId += 10;
      live.push(createSeries(nextId - 1));
    }
    if (number % 50 === 0) storeClosed();
    writer.sweep(writer.nextTick(), writer.usage.maxTimeMs - RETENTION_MS, 2000);
    writer.reclaim();
  }

  /** Lets go of what is closed, as if it were in a file: readers compare the records that take its place. */
  function storeClosed(): void {
    const chunks: ClosedChunk[] = [];
    for (let slot = 1; slot !== 0; ) slot = closed.closedChunks(slot, chunks);
    const words = new Uint32Array(chunks.length * STORED_ENTRY_WORDS);
    for (const [i, chunk] of chunks.entries())
      writeStoredEntry(words, i * STORED_ENTRY_WORDS, chunk.ref, chunk.ordinal, { ...chunk, file: 1, offset: 8 + i });
    const entries = new Uint8Array(words.buffer);
    for (let from = 0; from < entries.length; from += 1000 * STORED_ENTRY_BYTES)
      chunksStored += writer.storeChunks(entries.subarray(from, from + 1000 * STORED_ENTRY_BYTES));
  }

  for (; nextId < count; nextId++) live.push(createSeries(nextId));
  nextId += 10 - (nextId % 10);
  appendBatch();

  const reports = Array.from({ length: readers }, (_, reader) => {
    const task: ReaderTask = {
      memory: head.memory,
      module: head.module,
      reader,
      seed: options.seed + reader,
      seconds: options.seconds,
      refs: count,
    };
    const worker = new Worker(new URL('./reader.ts', import.meta.url), { workerData: task });
    return new Promise<ReaderReport>((resolve, reject) => {
      // Memory that was given to somebody else may lead in a circle.
      const hangs = setTimeout(
        () => {
          void worker.terminate();
          resolve({ ...NOTHING_READ, trap: 'a reader does not come to its end' });
        },
        (options.seconds + HANG_SECONDS) * 1000,
      );
      worker.once('message', (report: ReaderReport) => {
        clearTimeout(hangs);
        resolve(report);
      });
      worker.once('error', (error) => {
        clearTimeout(hangs);
        reject(error);
      });
    });
  });
  const done = Promise.all(reports);
  let finished = false;
  done.finally(() => {
    finished = true;
  });
  while (!finished) {
    const until = performance.now() + 20;
    while (performance.now() < until) appendBatch();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const sum = { ...NOTHING_READ };
  for (const report of await done) {
    for (const key of ['queries', 'pinned', 'samples', 'stored', 'newerHorizon', 'wrongPins', 'wrongSamples'] as const)
      sum[key] += report[key];
    sum.trap ||= report.trap;
  }
  const { usage } = writer;
  return {
    ...sum,
    batches: number,
    appended: usage.chunksCreated,
    seriesRemoved: usage.seriesRemoved,
    chunksRemoved: usage.chunksRemoved,
    chunksStored,
    heapBytes: usage.heapBytes,
  };
}
