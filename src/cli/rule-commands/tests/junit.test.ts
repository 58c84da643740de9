import { expect, test } from 'vitest';
import { junitXml } from './junit.ts';

test('as promtool writes it', () => {
  expect(junitXml([])).toBe('<testsuites></testsuites>');
  expect(
    junitXml([
      {
        name: 'a"<.yml',
        timestamp: '2024-01-02T03:04:05',
        cases: [
          { name: 'good', failures: [], error: '' },
          { name: 'bad', failures: ['x\n y', 'z'], error: '' },
        ],
      },
      { name: 'b', timestamp: '', cases: [{ name: 'unknown', failures: [], error: 'no \u0001 & \ud800 é😀' }] },
    ]),
  ).toBe(
    '<testsuites><testsuite name="a&#34;&lt;.yml" tests="2" failures="2" errors="0" skipped="0" timestamp="2024-01-02T03:04:05">' +
      '<testcase name="good"></testcase><testcase name="bad"><failure>x&#xA; y</failure><failure>z</failure></testcase></testsuite>' +
      '<testsuite name="b" tests="1" failures="0" errors="1" skipped="0" timestamp="">' +
      '<testcase name="unknown"><error>no \ufffd &amp; \ufffd é😀</error></testcase></testsuite></testsuites>',
  );
});
