import { expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { jobOn } from '../../test/support/worker-job.ts';
import type { Job } from './job.ts';
import { answeredQuery, countLeftOut } from './left-out.ts';
import type { FederateRequest, MatcherText } from './messages.ts';

const NOW = 1_700_000_000_000;
const NAMES = ['ALERTS', 'ALERTS_FOR_STATE'];
const matcher = (name: string, value: string): MatcherText => ({ name, op: '=', value });
const JOB = [matcher('job', 'j')];
type Selectors = FederateRequest['selectors'];

function requestOf(selectors: Selectors, meantBy: readonly number[], fields: Partial<FederateRequest> = {}): FederateRequest {
  const leftOut = { names: NAMES, meantBy };
  const rest = { type: 'federate', all: false, utf8: false, encoding: 'identity', headers: false, maxSeries: 0 } as const;
  return { ...rest, selectors, externalLabels: [], minT: NOW - 1000, maxT: NOW, leftOut, ...fields };
}

async function answered(job: Job, request: FederateRequest): Promise<number> {
  const { minT, maxT } = request;
  const { count } = await job.select({ ...answeredQuery(request), minT, maxT, withStale: false }, (visible) => {
    visible.dispose();
    return visible;
  });
  return count;
}

test('the selection that is answered', () => {
  const check = (request: FederateRequest, selectors: readonly string[], hidden: string) => {
    const query = answeredQuery(request);
    expect(query.selectors.map(String)).toEqual(selectors);
    expect(query.hidden === undefined ? '' : `${query.hidden.series} from ${query.hidden.from}`).toBe(hidden);
  };
  const selectors = [JOB, [], [matcher('__name__', 'ALERTS')]];
  const name = '__name__="ALERTS"';
  const alerts = '__name__=~"ALERTS|ALERTS_FOR_STATE"';
  check(requestOf(selectors, [2], { leftOut: null }), ['job="j"', name], '');
  check(requestOf(selectors, [2]), [name, 'job="j"'], `${alerts} from 1`);
  check(requestOf(selectors, []), ['job="j"', name], `${alerts} from 0`);
  check(requestOf(selectors, [1, 2]), [name, 'job="j"'], `${alerts} from 1`);
  expect(answeredQuery(requestOf([], [], { all: true }))).toMatchObject({ all: true, hidden: undefined });
});

test('alerts that come after a selection was made are left out of it, and counted', async () => {
  const head = new TestHead();
  const job = jobOn(head);
  const { selections } = job.parts;
  const write = (name: string, t: number, v: number | 'stale' = 1, more = {}) =>
    head.write([{ labels: { __name__: name, job: 'j', ...more }, t, v }]);
  const check = async (request: FederateRequest, series: number, leftOut: number, kept: number) => {
    expect([await answered(job, request), await countLeftOut(job, request), selections.size]).toEqual([series, leftOut, kept]);
  };
  write('up', NOW - 10);
  // Without such names nothing but the answer's selection is kept.
  await check(requestOf([JOB], []), 1, 0, 1);
  write('ALERTS_OTHER', NOW - 10);
  await check(requestOf([JOB], []), 2, 0, 1);
  write('ALERTS', NOW - 10);
  await check(requestOf([JOB], []), 2, 1, 2);
  write('ALERTS_FOR_STATE', NOW - 2000);
  await check(requestOf([JOB], []), 2, 1, 2);
  await check(requestOf([JOB], [], { minT: NOW - 3000 }), 2, 2, 2);
  write('ALERTS', NOW - 5, 1, { alertname: 'A' });
  await check(requestOf([JOB], []), 2, 2, 2);
  write('ALERTS', NOW - 4, 'stale', { alertname: 'A' });
  await check(requestOf([JOB], []), 2, 1, 2);
  await check(requestOf([JOB], [], { leftOut: null }), 3, 0, 3);
});

test('what one selector leaves out and another one means is not counted', async () => {
  const head = new TestHead();
  const job = jobOn(head);
  const alert = (alertname: string, more = {}) => ({ labels: { __name__: 'ALERTS', alertname, job: 'j', ...more }, t: NOW, v: 1 });
  head.write([alert('A'), alert('B'), alert('C'), alert('A', { job: 'other' })]);
  const named = (name: string) => [matcher('alertname', name)];
  const check = async (selectors: Selectors, meantBy: readonly number[], leftOut: number) =>
    expect(await countLeftOut(job, requestOf(selectors, meantBy))).toBe(leftOut);
  await check([JOB], [], 3);
  await check([JOB, JOB], [], 3);
  await check([JOB, named('A')], [1], 2);
  await check([named('A'), JOB, named('B')], [0, 2], 1);
  await check([named('A'), [], JOB], [0, 1], 2);
  await check([[], named('A')], [1], 0);
  await check([[]], [], 0);
  await check([[matcher('job', 'none')]], [], 0);
});
