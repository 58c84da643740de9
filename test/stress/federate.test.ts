// /federate while the head changes under it: series come, die and are removed, their slots and pairs used again, and the
// workers must never send a line that was not so. Each value tells the batch that wrote it and each series its generation,
// so that a torn scrape, another series' text or another series' value shows.
import { expect, test } from 'vitest';
import { silentLogger } from '../../src/model/logger.ts';
import { type FederateRequest, WorkerPool } from '../../src/worker/index.ts';
import { TestHead } from '../support/head.ts';
import { type BrokenRule, buildBroken } from './broken-kernel.ts';

const SECONDS = Math.max(4, Number(process.env.TRIBUTARY_STRESS_SECONDS ?? 0) / 10);
const STEADY = 300;
const CHURN = 60;
/** Series die this many batches after their only sample; /federate looks back less far. */
const RETAINED = 8;
const LOOKBACK = 6;
/** Makes an answer longer than a piece, so that series are removed and their slots used again in the middle of it. */
const PAD = 'x'.repeat(1500);
const START = 1_700_000_000_000;
const STEP_MS = 1000;

const SELECTORS: FederateRequest['selectors'][] = [
  [[{ name: '__name__', op: '=~', value: '.+' }]],
  [[{ name: '__name__', op: '=', value: 'steady' }], [{ name: 'kind', op: '=~', value: 'ch.*' }]],
  [[{ name: 'generation', op: '!~', value: '.*[13]' }]],
  [[{ name: 'kind', op: '!=', value: 'steady' }], [{ name: 'i', op: '=~', value: '1|2|7.*' }]],
];

/** What is wrong with the answer; '' when nothing is. `whole`: all steady series are to be there. */
function problemOf(text: string, whole: boolean): string {
  const steady = new Set<string>();
  let steadyLines = 0;
  let family = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('# TYPE ')) {
      const name = line.slice(7, -' untyped'.length);
      if (name <= family) return `family ${name} after ${family}`;
      family = name;
      continue;
    }
    const parts = /^(\w+)\{(.*)\} (\d+) (\d+)$/.exec(line);
    if (parts === null || parts[1] !== family) return `line ${line} in family ${family}`;
    const [, name, labels, value, time] = parts;
    if (Number(time) !== START + Number(value) * STEP_MS) return `time of ${line}`;
    if (name === 'steady') {
      if (!/^i="\d+",kind="steady",instance=""$/.test(labels)) return `labels of ${line}`;
      steady.add(value);
      steadyLines++;
    } else {
      const own = /^generation="g(\d+)",i="\d+",kind="churn\d",pad="x+",instance=""$/.exec(labels);
      if (own?.[1] !== value || name !== `churn_${Number(value) % 5}`) return `labels of ${line}`;
    }
  }
  if (steady.size > 1) return `batches ${[...steady].join(' ')} in one answer`;
  if (whole && steadyLines !== STEADY) return `${steadyLines} of ${STEADY} steady series`;
  return '';
}

interface Report {
  readonly problems: readonly string[];
  readonly answers: number;
  readonly gone: number;
  readonly seriesRemoved: number;
}

async function stressFederate(seconds: number, build: { checked?: boolean; wasm?: Uint8Array }): Promise<Report> {
  const head = new TestHead({ bytes: 256 * 1024 * 1024, ...build, retentionMs: RETAINED * STEP_MS });
  const { memory, module, buffer, exports } = head.memory;
  const entry = new URL('../../src/cli/query-worker.ts', import.meta.url);
  const crashes: unknown[] = [];
  const logger = { ...silentLogger, error: (message: string, fields?: unknown) => crashes.push(message, fields) };
  const pool = new WorkerPool({ memory, module, buffer, workers: 2, entry, clearEpoch: (reader) => exports.clearEpoch(reader), logger });
  pool.start();

  let batch = 0;
  let done = false;
  let answers = 0;
  let gone = 0;
  const problems: string[] = [];

  const ask = async (selectors: FederateRequest['selectors'], whole: boolean) => {
    // The window is open to the future: time flies here, and the newest sample is what matters.
    const minT = START + (batch - LOOKBACK) * STEP_MS;
    const maxT = START + 1e12;
    const pieces: Buffer[] = [];
    const request: FederateRequest = {
      type: 'federate',
      selectors,
      all: false,
      externalLabels: [],
      minT,
      maxT,
      utf8: false,
      encoding: 'identity',
      headers: false,
      maxSeries: 0,
      leftOut: null,
    };
    const result = await pool.run(request, {
      piece: (bytes, release) => {
        pieces.push(Buffer.from(bytes));
        setTimeout(release, (answers * 7) % 90);
      },
    });
    answers++;
    gone += result.gone;
    const problem = problemOf(Buffer.concat(pieces).toString(), whole);
    if (problem !== '') problems.push(problem);
  };
  const client = async (index: number) => {
    while (!done && problems.length < 5)
      await ask(SELECTORS[(index + answers) % SELECTORS.length], SELECTORS[(index + answers) % SELECTORS.length] === SELECTORS[0]);
  };

  const write = () => {
    batch++;
    const t = START + batch * STEP_MS;
    const steady = Array.from({ length: STEADY }, (_, i) => ({
      labels: { __name__: 'steady', i: String(i), kind: 'steady' },
      t,
      v: batch,
    }));
    const churn = Array.from({ length: CHURN }, (_, i) => ({
      labels: { __name__: `churn_${batch % 5}`, generation: `g${batch}`, i: String(i), kind: `churn${i % 3}`, pad: PAD },
      t,
      v: batch,
    }));
    head.write([...steady, ...churn]);
    for (let step = 0; step < 5; step++) head.writer.sweep(head.writer.nextTick(), t - RETAINED * STEP_MS, 1000);
    head.writer.reclaim();
  };
  try {
    write();
    const clients = Array.from({ length: 6 }, (_, index) => client(index).catch((error: unknown) => problems.push(String(error))));
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end && problems.length === 0) {
      write();
      await new Promise((resolve) => setImmediate(resolve));
    }
    done = true;
    await Promise.all(clients);
    if (crashes.length > 0) problems.push(`a worker crashed: ${JSON.stringify(crashes)}`);
    return { problems, answers, gone, seriesRemoved: head.writer.usage.seriesRemoved };
  } finally {
    done = true;
    await pool.close();
  }
}

test.each([{ checked: false }, { checked: true }])(
  'no wrong line while series come and go (checked build: $checked)',
  { timeout: SECONDS * 1000 + 60_000 },
  async (build) => {
    const report = await stressFederate(SECONDS, build);
    console.log(JSON.stringify(report));
    expect(report.problems).toEqual([]);
    expect(report.answers).toBeGreaterThan(50);
    expect(report.seriesRemoved).toBeGreaterThan(1000);
  },
);

test.each([
  {
    rule: 'a series that was removed is not rendered from its slot',
    file: 'render.ts',
    edits: [['return refToSlot(load<u32>(sample, VISIBLE_REF)) != slot;', 'return false;']],
  },
  { rule: 'a scrape is seen as a whole', file: 'pin.ts', edits: [['if (<i32>(batch - horizon) <= 0) {', 'if (true) {']] },
] as const satisfies BrokenRule[])('the stress notices when a rule is broken: $rule', { timeout: 120_000 }, async (broken) => {
  const wasm = buildBroken(broken);
  let problems: readonly string[] = [];
  for (let attempt = 0; attempt < 10 && problems.length === 0; attempt++) problems = (await stressFederate(3, { wasm })).problems;
  expect(problems).not.toEqual([]);
});
