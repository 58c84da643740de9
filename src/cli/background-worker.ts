// The entry of the background thread.
import { parentPort, workerData } from 'node:worker_threads';
import { type BackgroundInit, BackgroundWorker } from '../tsdb/index.ts';

if (parentPort === null) throw new Error('BUG: the background worker is started as a thread, by the store');
new BackgroundWorker(workerData as BackgroundInit, parentPort);
