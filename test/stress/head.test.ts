// The head's protocol under stress: every sample a reader sees is compared. TRIBUTARY_STRESS_SECONDS=300 runs it longer
// (npm run test:stress), TRIBUTARY_STRESS_SEED repeats a run's choices.
import { expect, test } from 'vitest';
import { BROKEN_RULES, buildBroken, SLOW_READER } from './broken-kernel.ts';
import { stressHead } from './head-stress.ts';

const seconds = Number(process.env.TRIBUTARY_STRESS_SECONDS ?? 12);
const seed = Number(process.env.TRIBUTARY_STRESS_SEED ?? Math.floor(Math.random() * 1e6));

test.for([{ checked: false }, { checked: true }])(
  'readers see only what was appended, as of their horizon (%o)',
  { timeout: (seconds + 60) * 1000 },
  async ({ checked }) => {
    const report = await stressHead({ seconds: checked ? seconds / 4 : seconds, seed, checked });
    console.log(`seed ${seed}:`, JSON.stringify(report));
    expect(report).toMatchObject({ wrongPins: 0, wrongSamples: 0, trap: '' });
    // That it was stress: samples were compared, chunks dropped, series removed and their memory used again.
    expect(report.samples).toBeGreaterThan(100_000);
    expect(report.chunksRemoved).toBeGreaterThan(1000);
    expect(report.chunksStored).toBeGreaterThan(1000);
    expect(report.stored).toBeGreaterThan(1000);
    expect(report.seriesRemoved).toBeGreaterThan(1000);
    expect(report.heapBytes).toBeLessThan(16 * 1024 * 1024);
  },
);

test('a reader that dwells inside a record sees nothing wrong', { timeout: 120_000 }, async () => {
  const report = await stressHead({ seconds: 2, seed, series: 100, wasm: buildBroken(SLOW_READER) });
  expect(report).toMatchObject({ wrongPins: 0, wrongSamples: 0, trap: '' });
});

test.for(BROKEN_RULES)('the stress notices when a rule is broken: $rule', { timeout: 120_000 }, async (broken) => {
  const wasm = buildBroken(broken);
  let wrong = 0;
  for (let attempt = 0; attempt < 10 && wrong === 0; attempt++) {
    const report = await stressHead({ seconds: 2, seed: seed + attempt, series: 100, wasm });
    wrong = report.wrongPins + report.wrongSamples + (report.trap === '' ? 0 : 1);
  }
  expect(wrong).toBeGreaterThan(0);
});
