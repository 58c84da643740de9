import { expect, test } from 'vitest';
import { utf8Length, utf8Text } from './utf8.ts';

test('lengths are those of the encoder', () => {
  for (const text of ['', 'a', 'é', '€', '😀', 'a\u{10ffff}€é', '\ud800', '\udc80x', '😀\udc80', '\udc80\ud800', '\ufeffa']) {
    expect(utf8Length(text), JSON.stringify(text)).toBe(Buffer.byteLength(text));
  }
});

test('bytes that are no UTF-8 become lone surrogates', () => {
  const check = (bytes: number[], text: string) => expect(utf8Text(Uint8Array.from(bytes))).toBe(text);
  check([], '');
  check([0x61, 0xc3, 0xa9], 'aé');
  check([0xef, 0xbb, 0xbf, 0x61], '\ufeffa');
  check([0xff], '\udcff');
  check([0x61, 0x80, 0x62], 'a\udc80b');
  check([0xe2, 0x82], '\udce2\udc82');
  check([0xf0, 0x9f, 0x98, 0x80, 0xf0], '😀\udcf0');
  check([0xc0, 0x80], '\udcc0\udc80');
});
