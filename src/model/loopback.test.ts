import { expect, test } from 'vitest';
import { isLoopback } from './loopback.ts';

test('hosts that mean the own machine', () => {
  const check = (address: string, expected: boolean): void =>
    expect([address, isLoopback(new URL(address).hostname)]).toEqual([address, expected]);
  for (const host of [
    'localhost',
    'LOCALHOST.',
    'a.localhost',
    '127.0.0.1',
    '127.1',
    '2130706433',
    '[::1]',
    '[0:0::1]',
    '[::ffff:127.0.0.1]',
  ])
    check(`http://${host}:9090/x`, true);
  for (const host of ['0.0.0.0', '[::]']) check(`http://${host}`, true);
  for (const host of ['a', 'localhost.example', 'notlocalhost', '10.127.0.1', '[::2]', '127.example']) check(`http://${host}`, false);
});
