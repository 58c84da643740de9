// The measurements of one scenario as a Markdown table: each server's figures, and how many times ours they are.

import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, release } from 'node:os';
import type { Measurement, Scenario } from './measurement.ts';

interface Row {
  readonly title: string;
  readonly value: (measurement: Measurement) => number | undefined;
  readonly show: (value: number) => string;
}

/** One figure of one server, for a table that is not of a scenario's measurements. */
export interface Figure {
  readonly title: string;
  readonly value: number;
  readonly show: (value: number) => string;
}

export const milliseconds = (seconds: number) => `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

const rows: readonly Row[] = [
  { title: 'CPU a scraped sample', value: (m) => m.cpuMicrosPerSample, show: (value) => `${value.toFixed(2)} µs` },
  { title: 'RSS', value: (m) => m.rssBytes, show: megabytes },
  { title: 'RSS after /federate', value: (m) => m.rssAfterFederateBytes, show: megabytes },
  { title: '/federate, plain', value: (m) => m.plain.seconds, show: milliseconds },
  { title: '/federate, gzip', value: (m) => m.gzip.seconds, show: milliseconds },
  { title: 'size, plain', value: (m) => m.plain.bytes, show: megabytes },
  { title: 'size, gzip', value: (m) => m.gzip.bytes, show: megabytes },
  { title: 'event loop held, p99', value: (m) => m.loopDelay?.p99Seconds, show: milliseconds },
  { title: 'event loop held, longest', value: (m) => m.loopDelay?.maxSeconds, show: milliseconds },
];

export function tableOf(measurements: readonly Measurement[]): string {
  const column = (measurement: Measurement) =>
    rows.map(({ title, value, show }) => ({ title, value: value(measurement) ?? Number.NaN, show }));
  return figureTable(new Map(measurements.map((measurement) => [measurement.name, column(measurement)])));
}

/** A column a server, all with the same figures in the same order; NaN where one has none. */
export function figureTable(columns: ReadonlyMap<string, readonly Figure[]>): string {
  const ours = columns.get('tributary');
  const cell = (column: readonly Figure[], row: number): string => {
    const { value, show } = column[row];
    if (Number.isNaN(value)) return '–';
    const own = ours === undefined || ours === column ? Number.NaN : ours[row].value;
    return own > 0 ? `${show(value)} (× ${(value / own).toFixed(1)})` : show(value);
  };
  const all = [...columns.values()];
  const lines = [
    ['', ...columns.keys()],
    ['---', ...all.map(() => '---:')],
    ...(all[0] ?? []).map(({ title }, row) => [title, ...all.map((column) => cell(column, row))]),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function describe(scenario: Scenario, bytesPerLine: number): string {
  const { series, targets, intervalS, minutes, encoding } = scenario;
  const coding = encoding === 'gzip' ? 'gzip bodies' : 'plain bodies';
  return `${series.toLocaleString('en')} series of ${targets} targets every ${intervalS} s, ${bytesPerLine.toFixed(0)} bytes a line, ${coding}, after ${minutes} minutes`;
}

export function machine(): string {
  const [{ model }] = cpus();
  return `${cpus().length} cores (${model.trim()}), Linux ${release().split('-')[0]} ${arch()}, Node ${process.versions.node}`;
}

/** Replaces what stands between the scenario's marks in the document, or adds it at the end. */
export function writeSection(path: string, scenario: string, text: string): void {
  const [begin, end] = [`<!-- bench ${scenario}: begin -->`, `<!-- bench ${scenario}: end -->`];
  const document = readFileSync(path, 'utf8');
  const section = `${begin}\n${text}\n${end}`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  const replaced =
    from < 0 || to < from ? `${document.trimEnd()}\n\n${section}\n` : document.slice(0, from) + section + document.slice(to + end.length);
  writeFileSync(path, replaced);
}
