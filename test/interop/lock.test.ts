// The lock of the data folder against the real Prometheus: neither starts on a folder that the other has.
import { execFile, spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acquireLock, prepareDataFolder } from '../../src/tsdb/index.ts';
import { freePort } from '../support/free-port.ts';
import { findPeer, requirePeer, startPrometheus } from '../support/peers.ts';
import { temporaryFolder } from '../support/server-process.ts';

/** Debian's Prometheus takes the lock only when it is asked to; the original always does and does not know the flag. */
function lockFlags(): string[] {
  const { stdout, stderr } = spawnSync(findPeer('prometheus')!, ['--help-long'], { encoding: 'utf8' });
  return `${stdout}${stderr}`.includes('--storage.tsdb.use-lockfile') ? ['--storage.tsdb.use-lockfile'] : [];
}

describe.runIf(requirePeer('prometheus'))('a data folder has one server', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder('lock');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Its last words. */
  async function prometheusOn(dataDir: string): Promise<string> {
    const configFile = join(folder, 'prometheus.yml');
    await writeFile(configFile, '');
    const args = [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${dataDir}`,
      `--web.listen-address=127.0.0.1:${await freePort()}`,
      ...lockFlags(),
    ];
    const ended = promisify(execFile)(findPeer('prometheus')!, args, { timeout: 15_000 });
    return ended.then(
      () => 'it ran',
      (error: { code: number; stderr: string }) => `${error.code}: ${error.stderr}`,
    );
  }

  test('Prometheus is refused where we are', async () => {
    const data = prepareDataFolder(join(folder, 'data'));
    const lock = acquireLock(data);
    expect(await prometheusOn(data)).toMatch(/^1: [\s\S]*lock DB directory: resource temporarily unavailable/);
    lock.release();
  });

  test('we are refused where Prometheus is, and taken in when it has ended or died', async () => {
    const dataDir = join(folder, 'data');
    for (const end of ['SIGTERM', 'SIGKILL'] as const) {
      const prometheus = await startPrometheus({ config: '', dataDir, flags: lockFlags() });
      expect(() => acquireLock(dataDir)).toThrow(`cannot open storage: the data folder ${dataDir} is in use by another server`);
      prometheus.process.kill(end);
      await prometheus.process.exited();
      await prometheus.stop();
      const lock = acquireLock(dataDir);
      expect([lock.replaced, lock.warning]).toEqual([end === 'SIGKILL', null]);
      lock.release();
    }
  });
});
