// What a server has shown so far, out of its /federate answers, and what of that it does not have any more: looked up in its answer to a
// range selector of /api/v1/query. Values are compared as numbers, NaN with NaN.
import { federateText } from './federate-text.ts';

type Series = Map<number, number>;

export class ShownSamples {
  /** By labels, as a JSON object with its names in order; by timestamp in milliseconds. */
  readonly #series = new Map<string, Series>();
  #count = 0;
  #newestMs = Number.NEGATIVE_INFINITY;

  /** Different samples so far. */
  get count(): number {
    return this.#count;
  }

  /** Timestamp of the newest sample so far. */
  get newestMs(): number {
    return this.#newestMs;
  }

  get seriesCount(): number {
    return this.#series.size;
  }

  /** Keeps what /federate shows now; returns how many lines that were. */
  async look(server: { readonly url: string }, selector: string): Promise<number> {
    let lines = 0;
    for (const line of (await federateText(server, selector)).split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+) (\d+)$/.exec(line);
      if (parts === null)
        throw new Error(`cannot keep what was shown: got line ${JSON.stringify(line)}, want a series, a value and a timestamp`);
      const [, name, labels = '', value, timestamp] = parts;
      this.#keep(keyOf({ __name__: name, ...labelsOf(labels) }), Number(timestamp), numberOf(value));
      lines++;
    }
    return lines;
  }

  /** Those that `selector[range]` does not give any more, at most 20 of them, as text. Empty: nothing is lost. */
  async missing(server: { readonly url: string }, selector: string, range: string): Promise<string[]> {
    const query = encodeURIComponent(`${selector}[${range}]`);
    // A scrape's time may be a little ahead of the query's.
    const response = await fetch(`${server.url}/api/v1/query?query=${query}&time=${Date.now() / 1000 + 60}`);
    const text = await response.text();
    if (response.status !== 200)
      throw new Error(`cannot query ${selector}: got status ${response.status}, want 200: ${text.slice(0, 500)}`);
    const { data } = JSON.parse(text) as { data: { result: { metric: Record<string, string>; values: [number, string][] }[] } };
    const have = new Map(data.result.map(({ metric, values }) => [keyOf(metric), seriesOf(values)]));
    const lost: string[] = [];
    for (const [key, shown] of this.#series) {
      const series = have.get(key);
      for (const [timestampMs, value] of shown) {
        const stored = series?.get(timestampMs);
        if (Object.is(stored, value)) continue;
        lost.push(
          `${key} ${value} @${timestampMs}: ${series === undefined ? 'no such series' : stored === undefined ? 'no such sample' : `got ${stored}`}`,
        );
        if (lost.length === 20) return lost;
      }
    }
    return lost;
  }

  #keep(key: string, timestampMs: number, value: number): void {
    let series = this.#series.get(key);
    if (series === undefined) {
      series = new Map();
      this.#series.set(key, series);
    }
    if (!series.has(timestampMs)) this.#count++;
    this.#newestMs = Math.max(this.#newestMs, timestampMs);
    series.set(timestampMs, value);
  }
}

function keyOf(labels: Record<string, string>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  // An empty label is none in an answer of the query API.
  for (const [, name, value] of text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g))
    if (value !== '') labels[name] = value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
  return labels;
}

function seriesOf(values: [number, string][]): Series {
  return new Map(values.map(([seconds, value]) => [Math.round(seconds * 1000), numberOf(value)]));
}

function numberOf(text: string): number {
  return text.endsWith('Inf') ? Number(text.replace('Inf', 'Infinity')) : Number(text);
}
