// The thread of changing-times.test.ts that reads.
import { parentPort, workerData } from 'node:worker_threads';
import { HeadReader, type ReaderInit } from '../../src/kernel/index.ts';

/** ms; every byte of the one differs from that of the other. */
export const LOW = 0x00ff_ffff_ffff;
export const HIGH = 0x0100_0000_0000;

export interface ChangingTimesReport {
  low: number;
  high: number;
  /** Times that nobody ever set, the first few. */
  readonly others: number[];
}

if (parentPort !== null) {
  const reader = new HeadReader(workerData as ReaderInit);
  const report: ChangingTimesReport = { low: 0, high: 0, others: [] };
  for (let i = 0; i < 5_000_000; i++) {
    const time = i % 2 === 0 ? reader.minTimeMs : reader.maxTimeMs;
    if (time === LOW) report.low++;
    else if (time === HIGH) report.high++;
    else if (report.others.length < 5) report.others.push(time);
  }
  parentPort.postMessage(report);
}
