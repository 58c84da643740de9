// One reader thread of the stress test: takes a horizon, pins series, decodes their chunks, and compares every sample.
import { parentPort, workerData } from 'node:worker_threads';
import { at, bufferOf, instantiate } from '../../src/kernel/index.ts';
import { type ReaderReport, type ReaderTask, samplesAt, samplesUntil, sampleTime, sampleValue } from './workload.ts';

const task = workerData as ReaderTask;
const kernel = instantiate(task);
const buffer = bufferOf(task.memory);
// What the writer changes meanwhile is read as words: a Buffer's methods read byte by byte.
const words = new Uint32Array(task.memory.buffer);
const longs = new BigInt64Array(task.memory.buffer);
const doubles = new Float64Array(task.memory.buffer);
const word = (address: number): number => words[address / 4];
const time = (address: number): number => Number(longs[address / 8]);
const arena = word(at.ARENA_BASE) + task.reader * word(at.ARENA_BYTES);
const SAMPLES = 4096;
const pin = arena;
const times = arena + 64;
const values = times + SAMPLES * 8;
const scratch = values + SAMPLES * 8;
const timesView = new BigInt64Array(task.memory.buffer, times, SAMPLES);
const valuesView = new Float64Array(task.memory.buffer, values, SAMPLES);
const report: ReaderReport = { stored: 0, queries: 0, pinned: 0, samples: 0, newerHorizon: 0, wrongPins: 0, wrongSamples: 0, trap: '' };
const coldBase = word(at.COLD_BASE);
const pairBase = word(at.PAIR_BASE);

// The series that was pinned last.
let id = 0;
let firstBatch = 0;
let state = task.seed;
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * below);
}

/** The value of the label `id`: pairs stand in the order of their names' bytes, `__name__` first. */
function identity(slot: number): [id: number, firstBatch: number] {
  const pair = pairBase + word(word(coldBase + slot * 32 + 4) + 4) * 32;
  const value = word(pair + 12);
  const text = buffer.toString('latin1', value, value + word(pair + 16)).split('_');
  return [Number(text[0]), Number(text[1])];
}

/** Pins a random series and compares the pin; the number of its samples over all batches, or 0 when it shows nothing. */
function checkPin(horizon: number): number {
  const newest = word(at.LAST_REF);
  const slot = kernel.refToSlot(random(2) === 0 ? 1 + random(task.refs) : Math.max(1, newest - random(task.refs))) >>> 0;
  if (slot === 0) return 0;
  [id, firstBatch] = identity(slot);
  const result = kernel.pinSample(slot, horizon, pin);
  if (result === 2) report.newerHorizon++;
  if (result !== 1) return 0;
  report.pinned++;
  const total = samplesUntil(firstBatch - 1) + word(pin + 16);
  const right =
    total === samplesAt(id, firstBatch, horizon) &&
    time(pin) === sampleTime(id, total - 1) &&
    doubles[pin / 8 + 1] === sampleValue(id, total - 1);
  if (!right) report.wrongPins++;
  return total;
}

/** Records of stored chunks go on where the chunks in memory ended, `first` being the ordinal of the first sample there, without a gap. */
function checkStored(link: number, first: number, before: number): void {
  let end = first;
  let newest = true;
  while (link !== 0) {
    const record = link - 1;
    const ordinal = word(record);
    report.stored++;
    // Of the newest the pin may show a part.
    const whole = time(record + 24) === sampleTime(id, before + end - 1);
    const right = (link & 1) === 1 && (whole || newest) && time(record + 16) === sampleTime(id, before + ordinal);
    if (!right) report.wrongSamples++;
    newest = false;
    end = Math.min(end, ordinal);
    link = word(record + 4);
  }
}

function query(): void {
  kernel.enterEpoch(task.reader);
  const horizon = kernel.horizon();
  for (let i = 0; i < 100; i++) checkPin(horizon);
  for (let i = 0; i < 3; i++) {
    const total = checkPin(horizon);
    if (total === 0) continue;
    let first = word(pin + 16);
    const before = total - first;
    const n = kernel.pinnedSamples(pin, -9e15, time(pin), times, values, SAMPLES, scratch);
    report.samples += n;
    first -= n;
    const link = word(scratch);
    if (n > word(pin + 16) || (n === 0 && link === 0)) report.wrongSamples++;
    for (let j = 0; j < n; j++) {
      const k = total - n + j;
      if (Number(timesView[j]) !== sampleTime(id, k) || valuesView[j] !== sampleValue(id, k)) report.wrongSamples++;
    }
    checkStored(link, first, before);
  }
  kernel.leaveEpoch(task.reader);
  report.queries++;
}

const end = performance.now() + task.seconds * 1000;
try {
  while (performance.now() < end) for (let i = 0; i < 50; i++) query();
} catch (error) {
  report.trap = String(error);
}
parentPort?.postMessage(report);
