// /api/v1/query without an engine, answered by a query worker.
import type { RawQueryPort } from '../api/index.ts';
import type { WorkerPool } from '../worker/index.ts';
import { told } from './query-service.ts';

/** Times of JavaScript's Date, in ms: what lies outside holds no sample. */
const MAX_TIME_MS = 8.64e15;

const bounded = (ms: number): number => Math.min(Math.max(ms, -MAX_TIME_MS), MAX_TIME_MS);

export function createRawQuery(pool: WorkerPool, now: () => number): RawQueryPort {
  return {
    now,
    async select({ matchers, minTimeMs, maxTimeMs, result, timeoutMs }, signal) {
      const request = {
        type: 'select' as const,
        selectors: [matchers.map(({ name, op, value }) => ({ name, op, value }))],
        all: false,
        externalLabels: [],
        minT: bounded(minTimeMs),
        maxT: bounded(maxTimeMs),
        vectorTimeMs: result.type === 'vector' ? result.timeMs : null,
      };
      return (await told(pool.run(request, {}, { timeoutMs, signal }))).json;
    },
  };
}
