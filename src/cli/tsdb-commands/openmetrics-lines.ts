// An OpenMetrics text as a stream of samples, for backfilling: of the format what has samples with timestamps in seconds, and the
// `# EOF` that must end it. The text is read in pieces and never as a whole. Metadata and exemplars are passed over.
// Source: https://prometheus.io/docs/specs/om/open_metrics_spec/ and model/textparse/openmetricsparse.go of Prometheus.

import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { readSeries, refuseDuplicates, Unexpected } from '../../exposition/index.ts';
import { ExpositionError } from '../../kernel/index.ts';
import type { Label } from '../../model/index.ts';
import { reasonOf } from '../../tsdb/index.ts';
import { TsdbCommandError } from './command.ts';

const PIECE_BYTES = 1024 * 1024;
const MOST_LINE_BYTES = 16 * 1024 * 1024;
const LINE_FEED = 10;
const VALUE = /[^ \n]+/y;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** Times of which ms are safe integers. */
const MOST_SECONDS = 8.64e12;

export interface TimedSample {
  /** `__name__` first, then in the order of the text. */
  readonly labels: readonly Label[];
  readonly timeMs: number;
  readonly value: number;
}

/** Each sample of the file in its order. @throws TsdbCommandError with the line, also when it cannot be read */
export function* openMetricsSamples(file: string): Generator<TimedSample> {
  const descriptor = open(file);
  try {
    let number = 0;
    let ended = false;
    for (const bytes of lines(descriptor, file)) {
      number++;
      if (ended) throw wrong(file, number, 'got something behind # EOF, want the end of the file');
      // One character a byte, as the other readers of expositions have it.
      const line = bytes.toString('latin1');
      if (line === '# EOF') ended = true;
      else if (line.startsWith('#')) checkMetadata(file, number, line);
      else yield readLine(file, number, line);
    }
    if (!ended) throw new TsdbCommandError(`cannot read ${file}: got the end of the file, want a last line # EOF`);
  } finally {
    closeSync(descriptor);
  }
}

function open(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    throw new TsdbCommandError(`cannot read ${file}: ${reasonOf(cause)}`, { cause });
  }
}

function wrong(file: string, line: number, sentence: string): TsdbCommandError {
  return new TsdbCommandError(`cannot read ${file}: line ${line}: ${sentence}`);
}

/** Views of the file's lines without their line feed, good until the next. */
function* lines(descriptor: number, file: string): Generator<Buffer> {
  let buffer = Buffer.allocUnsafe(PIECE_BYTES);
  let end = 0;
  for (;;) {
    if (end === buffer.length) {
      if (buffer.length >= MOST_LINE_BYTES)
        throw new TsdbCommandError(`cannot read ${file}: got a line longer than ${MOST_LINE_BYTES} bytes`);
      buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
    }
    const read = readSync(descriptor, buffer, end, buffer.length - end, null);
    end += read;
    let begin = 0;
    for (let feed = buffer.indexOf(LINE_FEED, begin); feed >= 0 && feed < end; feed = buffer.indexOf(LINE_FEED, begin)) {
      yield buffer.subarray(begin, feed);
      begin = feed + 1;
    }
    if (read === 0) {
      if (begin < end) yield buffer.subarray(begin, end);
      return;
    }
    buffer.copyWithin(0, begin, end);
    end -= begin;
  }
}

function checkMetadata(file: string, number: number, line: string): void {
  if (!/^# (?:HELP|TYPE|UNIT) /.test(line)) throw wrong(file, number, 'got a comment, want # HELP, # TYPE, # UNIT or # EOF');
}

function readLine(file: string, number: number, line: string): TimedSample {
  try {
    const { labels, end } = readSeries(line, 0);
    if (line[end] !== ' ') throw new Unexpected('a sample value', end);
    const value = token(line, end + 1);
    if (line[end + 1 + value.length] !== ' ')
      throw wrong(file, number, `got no timestamp for ${decode(line.slice(0, end))}, want one in seconds`);
    const at = end + 2 + value.length;
    const time = token(line, at);
    const rest = line.slice(at + time.length);
    if (rest !== '' && !rest.startsWith(' # '))
      throw wrong(file, number, 'got something behind the timestamp, want the end of the line or an exemplar');
    const decoded = labels.map(([name, text]): Label => [decode(name), decode(text)]);
    refuseDuplicates(decoded);
    return { labels: decoded, timeMs: readTime(file, number, time), value: readValue(file, number, value) };
  } catch (error) {
    if (error instanceof Unexpected) throw wrong(file, number, `column ${error.offset + 1}: expected ${error.expected}`);
    if (error instanceof ExpositionError) throw wrong(file, number, error.reason);
    throw error;
  }
}

function token(line: string, offset: number): string {
  VALUE.lastIndex = offset;
  return VALUE.exec(line)?.[0] ?? '';
}

function readValue(file: string, number: number, text: string): number {
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (!NUMBER.test(text)) throw wrong(file, number, `got ${JSON.stringify(text)}, want a sample value`);
  return Number(text);
}

/** Below a millisecond it is cut off, as Prometheus does; a thousandth of one is allowed for what doubles lose. */
function readTime(file: string, number: number, text: string): number {
  const seconds = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!(Math.abs(seconds) <= MOST_SECONDS)) throw wrong(file, number, `got ${JSON.stringify(text)}, want a timestamp in seconds`);
  const ms = Math.abs(seconds) * 1000;
  return Math.sign(seconds) * Math.floor(ms + 0.001) + 0;
}

function decode(bytes: string): string {
  const buffer = Buffer.from(bytes, 'latin1');
  if (!isUtf8(buffer)) throw new ExpositionError('invalid_utf8', 'a name or a label value is not valid UTF-8');
  return buffer.toString();
}
