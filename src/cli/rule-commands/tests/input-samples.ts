// The samples of a test's input series, handed over time by time: a rule sees only what was there when it is evaluated.
import { formatLabels, type Labels } from '../../../model/index.ts';
import { parseSeriesLine, type ScriptValue } from '../../promql-commands/scripts/series-values.ts';
import { RuleCommandError } from '../command.ts';
import type { InputSpec } from './test-file.ts';

interface Input {
  readonly labels: Labels;
  readonly values: readonly ScriptValue[];
  /** The first of them that was not handed over. */
  next: number;
}

export class InputSamples {
  readonly #startMs: number;
  readonly #intervalMs: number;
  readonly #series: readonly Input[];

  /** @throws RuleCommandError a line that is none */
  constructor(specs: readonly InputSpec[], startMs: number, intervalMs: number) {
    this.#startMs = startMs;
    this.#intervalMs = intervalMs;
    // Of a series that stands there twice the last line counts.
    const series = new Map<string, Input>();
    for (const spec of specs) {
      const input = parseInput(spec);
      series.set(formatLabels(input.labels), input);
    }
    this.#series = [...series.values()];
  }

  /** Those up to `timeMs` that were not handed over before, series by series. */
  take(timeMs: number, take: (labels: Labels, timeMs: number, value: number | 'stale') => void): void {
    for (const input of this.#series) {
      for (; input.next < input.values.length; input.next++) {
        const sampleMs = this.#startMs + input.next * this.#intervalMs;
        if (sampleMs > timeMs) break;
        const value = input.values[input.next];
        if (value !== 'omitted' && value !== 'histogram') take(input.labels, sampleMs, value);
      }
    }
  }
}

function parseInput({ series, values, place }: InputSpec): Input {
  let line: ReturnType<typeof parseSeriesLine>;
  try {
    line = parseSeriesLine(`${series} ${values}`);
  } catch (error) {
    throw new RuleCommandError(`${place}: cannot read input series ${JSON.stringify(series)}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (line.labels.length === 0) throw new RuleCommandError(`${place}: cannot load a series without labels`);
  if (line.values.includes('histogram'))
    throw new RuleCommandError(`${place}: cannot load series ${series}: native histograms are not supported yet`);
  return { ...line, next: 0 };
}
