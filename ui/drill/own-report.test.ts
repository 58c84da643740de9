import { expect, test } from 'vitest';
import { isOwnReport } from './own-report.ts';

test('what a server reports of its pulls was not pulled', () => {
  const origin = { job: 'federate', instance: 'eu1:9090' };
  const check = (labels: Record<string, string>, expected: boolean) => expect(isOwnReport(labels, origin)).toBe(expected);
  check({ __name__: 'up', job: 'federate', instance: 'eu1:9090' }, true);
  check({ __name__: 'scrape_samples_scraped', job: 'federate', instance: 'eu1:9090', dc: 'x' }, true);
  check({ __name__: 'up', job: 'federate', instance: 'us1:9090' }, false);
  check({ __name__: 'up', job: 'shop', instance: 'shop:80', dc: 'eu1' }, false);
  check({ __name__: 'job:up:sum', job: 'federate', instance: 'eu1:9090' }, false);
  check({ job: 'federate', instance: 'eu1:9090' }, false);
});
