// Queries at random over the data of queryData(): what 2.42 and 3.14 answer alike (atan2 keeps names in 2.42; a comparison that filters is asked
// after its matches are counted in 3.14, before in 2.42). Functions with steps (floor, %) and equality see stored
// values alone, since a difference in the last digit of a calculated one would be a whole one there.

export interface Sample {
  readonly timeMs: number;
  /** 'stale': a marker. */
  readonly value: number | 'stale';
}

export interface DataSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

const INTERVAL_MS = 15_000;
/** Samples lie on no whole second: windows are open at their old end in 3.14, closed in 2.42. */
const OFFSET_MS = 137;

/** Counters with resets, gauges, gaps, stale markers, a classic histogram, NaN. */
export function queryData(random: () => number, startMs: number, steps: number): DataSeries[] {
  const series: DataSeries[] = [];
  const below = (n: number): number => Math.floor(random() * n);
  const add = (labels: Record<string, string>, next: (step: number) => number | 'stale' | null): void => {
    const samples: Sample[] = [];
    for (let step = 0; step < steps; step++) {
      const value = next(step);
      if (value !== null) samples.push({ timeMs: startMs + step * INTERVAL_MS + OFFSET_MS, value });
    }
    series.push({ labels, samples });
  };
  for (const job of ['a', 'b', 'c']) {
    for (const instance of ['0', '1']) {
      for (const code of ['200', '500']) {
        let count = 1000 + below(1000);
        add({ __name__: 'requests_total', job, instance, code }, () => {
          // A reset does not begin at zero: 2.42 extrapolates beyond it in another way.
          count = random() < 0.01 ? 1000 + below(100) : count + below(50);
          return count;
        });
      }
      add({ __name__: 'level', job, instance }, () => Math.round(random() * 1e6) / 1e3);
      let walk = 500 * random();
      add({ __name__: 'drift', job, instance, zone: `z${below(2)}` }, (step) => {
        walk += random() - 0.5;
        return step % 97 < 9 ? null : walk;
      });
      add({ __name__: 'flapping', job, instance }, (step) => (step % 53 === 40 ? 'stale' : step % 53 > 40 ? null : 10 + random()));
      // No infinities: 3.14 has no standard deviation of one, 2.42 has.
      add({ __name__: 'odd', job, instance }, () => (random() < 0.1 ? Number.NaN : random() * 100));
    }
    add({ __name__: 'owner', job, team: `team-${job}` }, () => 1);
    const bounds = ['0.1', '0.5', '1.0', '5.0', '+Inf'];
    const counts = bounds.map(() => 0);
    const rows = Array.from({ length: steps }, () => {
      const seen = below(40);
      for (let i = 0; i < seen; i++) {
        const bucket = below(bounds.length);
        for (let b = bucket; b < bounds.length; b++) counts[b]++;
      }
      return [...counts];
    });
    for (const [i, le] of bounds.entries()) add({ __name__: 'latency_bucket', job, le }, (step) => 1000 * (i + 1) + rows[step][i]);
  }
  return series;
}

const NAMES = ['requests_total', 'level', 'drift', 'flapping'] as const;
const RANGES = ['1m', '2m', '5m', '17m', '1h'];

export class QueryGenerator {
  readonly #random: () => number;
  #inSubquery = false;

  constructor(random: () => number) {
    this.#random = random;
  }

  query(): string {
    return this.#random() < 0.08 ? this.#scalar(2) : this.#vector(3);
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)];
  }

  #matchers(): string {
    return this.#pick(['', '', '', '{job="a"}', '{job=~"a|b"}', '{instance!="0"}', '{job!~"c.*"}', '{job="nope"}', '{instance=~".+"}']);
  }

  #modifier(): string {
    return this.#pick(['', '', '', '', '', ' offset 1m', ' offset -2m', ' offset 13m', ' @ start()', ' @ end()', ' @ 1600003600']);
  }

  #selector(name = this.#pick(NAMES) as string): string {
    return `${name}${this.#matchers()}${this.#modifier()}`;
  }

  #range(name = this.#pick(NAMES) as string, modifier = this.#modifier()): string {
    return `${name}${this.#matchers()}[${this.#pick(RANGES)}]${modifier}`;
  }

  #number(): string {
    return this.#pick(['0', '1', '-1', '0.5', '2', '3.25', '100.125', '1e3', '-7.5', '0.9']);
  }

  #scalar(depth: number): string {
    const choices = [
      () => this.#number(),
      () => 'time()',
      () => 'pi()',
      () => `scalar(${this.#pick(['sum', 'max', 'min', 'count'])}(${this.#selector()}))`,
      () => `scalar(owner{job="a"})`,
      () => `(${this.#scalar(depth - 1)} ${this.#pick(['+', '-', '*', '/'])} ${this.#scalar(depth - 1)})`,
      () => `(${this.#scalar(depth - 1)} ${this.#pick(['>', '<', '>=', '<='])} bool ${this.#scalar(depth - 1)})`,
      () => `-${this.#scalar(depth - 1)}`,
    ];
    return this.#pick(depth > 0 ? choices : choices.slice(0, 3))();
  }

  #subquery(depth: number): string {
    this.#inSubquery = true;
    const name = this.#pick(['max', 'min', 'sum', 'count', 'last']);
    const range = `[${this.#pick(['5m', '20m'])}:${this.#pick(['30s', '1m', '2m'])}]`;
    const query = this.#pick([
      () => `${name}_over_time((${this.#vector(depth - 1)})${range}${this.#modifier()})`,
      () => `rate((${this.#pick(['sum by (job) ', ''])}(requests_total))[10m:30s])`,
    ])();
    this.#inSubquery = false;
    return query;
  }

  #grouping(): string {
    return this.#pick([
      '',
      '',
      ' by (job)',
      ' by (instance)',
      ' by (job, instance)',
      ' without (instance)',
      ' without (code, zone)',
      ' by ()',
      ' by (nope)',
    ]);
  }

  #vector(depth: number): string {
    if (depth === 0) return this.#selector();
    const inner = (): string => this.#vector(depth - 1);
    const choices: (() => string)[] = [
      () => this.#selector(),
      () => `${this.#pick(['rate', 'increase', 'irate'])}(${this.#range('requests_total')})`,
      () => `${this.#pick(['delta', 'idelta', 'deriv'])}(${this.#range(this.#pick(['level', 'drift']))})`,
      () => `${this.#pick(['avg', 'sum', 'min', 'max', 'count', 'last', 'stddev', 'stdvar', 'present'])}_over_time(${this.#range()})`,
      () => `${this.#pick(['min', 'max', 'count', 'last'])}_over_time(${this.#range('odd')})`,
      () => `${this.#pick(['changes', 'resets'])}(${this.#range()})`,
      () => `quantile_over_time(${this.#pick(['0', '0.25', '0.5', '0.99', '1'])}, ${this.#range()})`,
      // Behind `@` 2.42 moves the window on with the steps.
      () => `predict_linear(${this.#range('drift', ' offset 1m')}, ${this.#pick(['60', '-30', '3600'])})`,
      () => `${this.#pick(['sum', 'avg', 'min', 'max', 'count', 'group'])}${this.#grouping()} (${inner()})`,
      // Of NaN alone 2.42 says that it does not vary.
      () => `${this.#pick(['stddev', 'stdvar'])}${this.#grouping()} (${this.#selector()})`,
      () => `${this.#pick(['sum', 'min', 'max', 'count'])}${this.#grouping()} (odd)`,
      () => `quantile${this.#grouping()} (${this.#pick(['0', '0.3', '0.5', '0.95', '1'])}, ${inner()})`,
      () => `${this.#pick(['topk', 'bottomk'])}${this.#grouping()} (${this.#pick(['1', '2', '3'])}, level${this.#matchers()})`,
      () => `count_values${this.#grouping()} ("value", count_over_time(level${this.#matchers()}[1m]))`,
      () => `${this.#pick(['abs', 'exp', 'sqrt', 'ln', 'log2', 'log10', 'sin', 'cos', 'atan', 'sinh', 'deg', 'rad'])}(${inner()} / 100)`,
      () => `${this.#pick(['ceil', 'floor', 'sgn', 'round'])}(${this.#selector()})`,
      () => `round(${this.#selector('level')}, ${this.#pick(['5', '0.5', '10'])})`,
      () => `clamp(${inner()}, -10, ${this.#number()})`,
      () => `${this.#pick(['clamp_min', 'clamp_max'])}(${inner()}, ${this.#scalar(1)})`,
      () =>
        `${this.#pick(['hour', 'minute', 'month', 'year', 'day_of_week', 'day_of_month', 'days_in_month', 'day_of_year'])}(${this.#selector('level')} * 1e6)`,
      () => `timestamp(${this.#selector()})`,
      () => `timestamp(${inner()})`,
      () => `absent(${this.#selector()})`,
      () => `absent_over_time(${this.#range()})`,
      () => `vector(${this.#scalar(2)})`,
      () => `-${inner()}`,
      () => `(${inner()})`,
      () => `${inner()} ${this.#pick(['+', '-', '*', '/', '^'])} ${this.#scalar(1)}`,
      () => `${this.#scalar(1)} ${this.#pick(['+', '-', '*', '/'])} ${inner()}`,
      () => `${this.#selector('level')} % ${this.#pick(['7', '3.5'])}`,
      () => `${inner()} ${this.#pick(['>', '<', '>=', '<=', '!='])} ${this.#pick(['', 'bool '])}${this.#pick(['50.3', '0.33', '777.7'])}`,
      () => `${this.#pick(['50.3', '0.33', '777.7'])} ${this.#pick(['>', '<'])} ${inner()}`,
      () =>
        `${this.#selector('level')} ${this.#pick(['+', '-', '*', '/'])} ${this.#pick(['', 'on(job, instance) ', 'ignoring(zone) '])}${this.#selector('level')}`,
      () => `${this.#selector('requests_total')} ${this.#pick(['*', '/'])} on(job) group_left(team) owner`,
      () => `owner * on(job) group_right ${this.#selector('level')}`,
      () =>
        `${inner()} ${this.#pick(['+', '-', '> bool', '< bool'])} ${this.#pick(['on(job) ', 'on(job, instance) ', 'ignoring(code) ', ''])}${inner()}`,
      () => `${inner()} ${this.#pick(['and', 'or', 'unless'])} ${this.#pick(['', 'on(job) ', 'on() ', 'ignoring(instance) '])}${inner()}`,
      () =>
        `label_replace(${inner()}, "${this.#pick(['new', 'job'])}", "${this.#pick(['$1-x', 'x', ''])}", "${this.#pick(['job', 'instance'])}", "${this.#pick(['(.*)', '([a-b])', '0'])}")`,
      () => `label_join(${inner()}, "joined", "-", "job", "instance")`,
      () =>
        `histogram_quantile(${this.#pick(['0.1', '0.5', '0.9', '0.99', '1'])}, ${this.#pick(['rate', 'increase'])}(latency_bucket${this.#matchers()}[5m]))`,
      () => `histogram_quantile(0.9, sum by (le${this.#pick(['', ', job'])}) (rate(latency_bucket[10m])))`,
    ];
    // One within another would have its windows end on the grid.
    if (!this.#inSubquery) choices.push(() => this.#subquery(depth));
    return this.#pick(choices)();
  }
}
