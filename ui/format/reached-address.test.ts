import { expect, test } from 'vitest';
import { reachedAddress } from './reached-address.ts';

test('a loopback address is on the machine of the server that told it', () => {
  const check = (address: string, host: string, expected = address): void => expect(reachedAddress(address, host)).toBe(expected);
  check('http://127.0.0.1:9091', 'top.example', 'http://top.example:9091');
  check('https://localhost:9091/prom', '10.0.0.1', 'https://10.0.0.1:9091/prom');
  check('http://[::1]:9091', '[2001:db8::1]', 'http://[2001:db8::1]:9091');
  check('http://eu1:9090/prom', 'top.example');
  check('http://127.0.0.1:9091', 'localhost');
  check('http://127.0.0.1:9091', '');
  check('javascript:alert(1)', 'top.example');
  check('', 'top.example');
});
