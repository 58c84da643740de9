import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-scrape.ts';
import { DemoServers } from './demo-servers.ts';

/** Ends by the signals that it does not ignore. */
class FakeChild extends EventEmitter {
  readonly signals: string[] = [];
  readonly pid: number | undefined;
  readonly #ignores: string;

  constructor(pid?: number, ignores = '') {
    super();
    this.pid = pid;
    this.#ignores = ignores;
  }

  kill(signal: string): void {
    this.signals.push(signal);
    if (signal !== this.#ignores) this.emit('exit', null, signal);
  }
}

let clock: FakeClock;
let children: [name: string, child: FakeChild][];
let next: FakeChild | null;
let said: string[];
let failures: number;
let servers: DemoServers;

beforeEach(() => {
  clock = new FakeClock(0);
  children = [];
  next = null;
  said = [];
  failures = 0;
  servers = new DemoServers({
    spawn: (name) => {
      const child = next ?? new FakeChild(1);
      next = null;
      children.push([name, child]);
      return child as unknown as ChildProcess;
    },
    clock,
    say: (line) => said.push(line),
    look: (name) => (name === 'us1' ? 'http://x/federation' : ''),
    onFailed: () => failures++,
  });
  servers.start('eu1');
  servers.start('us1');
});

test('before all are up, one that ends is the end', () => {
  children[0][1].emit('exit', 1, null);
  expect([said, failures]).toEqual([['eu1 ended (exit code 1)'], 1]);
  next = new FakeChild();
  servers.start('shop');
  children[2][1].emit('error', new Error('spawn ENOENT'));
  expect([said.at(-1), failures]).toEqual(['shop ended (spawn ENOENT)', 2]);
});

test('one that gives up early could not start, also where another server answers at its port', async () => {
  servers.goOn();
  children[1][1].kill('SIGKILL');
  expect([said.length, failures]).toEqual([1, 0]);
  children[0][1].emit('exit', 1, null);
  expect([said.at(-1), failures]).toEqual(['eu1 ended (exit code 1)', 1]);
});

test('later the others go on, and it is started again', async () => {
  servers.goOn();
  await clock.advance(20_000);
  children[1][1].kill('SIGKILL');
  children[0][1].emit('exit', 0, null);
  expect(said).toEqual([
    'us1 ended (SIGKILL); the others go on: see http://x/federation. It is started again in 60 s',
    'eu1 ended (exit code 0); the others go on. It is started again in 60 s',
  ]);
  await clock.advance(59_999);
  expect(children).toHaveLength(2);
  await clock.advance(1);
  expect(children.map(([name]) => name)).toEqual(['eu1', 'us1', 'us1', 'eu1']);
  expect(said.slice(2)).toEqual(['us1 is started again', 'eu1 is started again']);
  // As often as need be.
  children[2][1].kill('SIGKILL');
  await clock.advance(60_000);
  expect(children).toHaveLength(5);
  expect(failures).toBe(0);
});

test('the end is the end of all, and none comes back', async () => {
  next = new FakeChild(1, 'SIGTERM');
  servers.start('deaf');
  servers.goOn();
  children[0][1].kill('SIGKILL');
  const ended = servers.end();
  await clock.advance(8000);
  await ended;
  expect(children.map(([, { signals }]) => signals)).toEqual([['SIGKILL'], ['SIGTERM'], ['SIGTERM', 'SIGKILL']]);
  await clock.advance(60_000);
  expect(children).toHaveLength(3);
  expect([said.length, clock.timers]).toEqual([1, 0]);
});
