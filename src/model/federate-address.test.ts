import { expect, test } from 'vitest';
import { federateAddress } from './federate-address.ts';

test('what stands before /federate, and the selectors', () => {
  const check = (text: string, base: string | null, selectors: string[] = []): void =>
    expect(federateAddress(text)).toEqual(base === null ? null : { base, selectors });
  check('http://a:9090/federate', 'http://a:9090');
  check('https://u:p@a/x/federate?match[]=up&match%5B%5D=%7Ba%3D%22b%22%7D&x=y#f', 'https://a/x', ['up', '{a="b"}']);
  check('http://[::1]:9090/federate', 'http://[::1]:9090');
  check('http://a:9090/metrics', null);
  check('http://a:9090/federate/metrics', null);
  check('http://a:9090/metrics?x=/federate', null);
  check('http://a:99999/federate', null);
  check('javascript://a/federate', null);
  check('/federate', null);
});
