import { describe, expect, test } from 'vitest';
import { FLAGS } from './flag-definitions.ts';
import { formatBytes, parseBytes } from './flag-values.ts';
import { type FlagValues, parseCommandLine, reviewFlags } from './flags.ts';
import { helpText } from './help.ts';
import { settingsOf } from './settings.ts';

function flagsOf(line: string): FlagValues {
  const invocation = parseCommandLine(line === '' ? [] : line.split(' '));
  if (invocation.command !== 'serve') throw new Error(`expected the server, got ${invocation.command}`);
  return invocation.flags;
}

describe('values', () => {
  const check = (line: string, name: string, shown: string) =>
    test(`${line} → ${name}`, () => {
      expect(flagsOf(line).show()[name]).toBe(shown);
    });
  check('', 'config.file', 'prometheus.yml');
  check('--config.file=a.yml', 'config.file', 'a.yml');
  check('--config.file a.yml', 'config.file', 'a.yml');
  check('', 'web.listen-address', '0.0.0.0:9090');
  check('--web.listen-address=:1 --web.listen-address=:2', 'web.listen-address', ':1,:2');
  check('--web.enable-lifecycle', 'web.enable-lifecycle', 'true');
  check('--web.enable-lifecycle=true', 'web.enable-lifecycle', 'true');
  check('--no-web.enable-lifecycle', 'web.enable-lifecycle', 'false');
  check('--scrape.adjust-timestamps=false', 'scrape.adjust-timestamps', 'false');
  check('--no-storage.tsdb.no-lockfile', 'storage.tsdb.no-lockfile', 'false');
  check('--query.lookback-delta=90s', 'query.lookback-delta', '1m30s');
  check('', 'federate.alerts', 'auto');
  check('--federate.alerts=all', 'federate.alerts', 'all');
  check('', 'storage.remote.read-sample-limit', '50000000');
  check('', 'storage.tsdb.retention.size', '0B');
  check('--storage.tsdb.retention.size=512MB', 'storage.tsdb.retention.size', '512MiB');
  check('', 'web.remote-write-receiver.accepted-protobuf-messages', 'prometheus.WriteRequest, io.prometheus.write.v2.Request');
  check('--enable-feature=a,b --enable-feature=c', 'enable-feature', 'a,b,c');
});

test('the least and the most memory of the head, and as much as can be had', () => {
  const check = (text: string, bytes: number) => expect(settingsOf(flagsOf(`--storage.head.max-bytes=${text}`)).headMaxBytes).toBe(bytes);
  check('0B', 0);
  check('64MiB', 2 ** 26);
  check('4GiB', 2 ** 32);
});

describe('errors', () => {
  const check = (line: string, message: string) =>
    test(line, () => {
      expect(() => settingsOf(flagsOf(line))).toThrow(message);
    });
  check('--web.listen-adress=:1', "unknown option '--web.listen-adress' (Did you mean --web.listen-address?)");
  check('--config.file=a --config.file=b', "flag '--config.file' cannot be repeated");
  check('--config.file', "option '--config.file <value>' argument missing");
  check('--web.max-connections=x', 'cannot read flag --web.max-connections: got "x", want a whole number');
  check('--query.lookback-delta=5', 'cannot read flag --query.lookback-delta: not a valid duration string: "5"');
  check('--storage.tsdb.retention.size=5', 'want a size with a unit');
  check('--storage.head.max-bytes=63MiB', 'cannot read flag --storage.head.max-bytes: got "63MiB", want between 64MiB and 4GiB');
  check('--storage.head.max-bytes=4097MiB', 'got "4097MiB", want between 64MiB and 4GiB');
  check('--query.workers=64', 'cannot read flag --query.workers: got 64, want at most 63');
  check('--federate.alerts=none', 'cannot read flag --federate.alerts: got "none", want one of auto, all');
  check(
    '--alertmanager.notification-queue-capacity=0',
    'cannot read flag --alertmanager.notification-queue-capacity: got 0, want at least 1',
  );
  check('--alertmanager.notification-batch-size=0', 'cannot read flag --alertmanager.notification-batch-size: got 0, want at least 1');
  check('--alertmanager.notification-batch-size=x', 'want a whole number of at least 0');
  check('--log.level=loud', 'cannot read flag --log.level: got "loud", want one of debug, info, warn, error');
  check('--web.listen-address=9090', 'want host:port');
  check('--web.listen-address=:99999', 'want host:port');
  check('--web.external-url=:x', 'want a URL');
  check('--web.cors.origin=(', 'missing closing )');
  check('serve', 'too many arguments');
  check('check', "missing command: want 'check config FILE...'");
  check('check it', "unknown command 'it'");
  test('every message is one line', () => {
    expect(() => flagsOf('--web.listen-adress=:1')).toThrow(/^[^\n]+$/);
  });
});

describe('what cannot work yet', () => {
  const refuse = (line: string, message: string) => test(line, () => expect(() => reviewFlags(flagsOf(line))).toThrow(message));
  refuse('--web.config.file=web.yml', 'cannot use flag --web.config.file: it is not supported yet');
  refuse('--agent', '--agent: it is not supported yet');
  refuse('--web.enable-remote-write-receiver', 'not supported yet');
  refuse('--enable-feature=type-and-unit-labels', 'cannot use --enable-feature=type-and-unit-labels');
  test('flags without an effect are named', () => {
    expect(
      reviewFlags(
        flagsOf(
          '--auto-gomemlimit.ratio=0.5 --no-agent --storage.remote.flush-deadline=5s --config.file=x --enable-feature=old-ui,foo,extra-scrape-metrics',
        ),
      ),
    ).toEqual({
      unneeded: ['--auto-gomemlimit.ratio', '--enable-feature=old-ui'],
      later: ['--storage.remote.flush-deadline'],
      unknownFeatures: ['foo'],
    });
  });
});

describe('settings', () => {
  const check = (line: string, prefix: string, url: string) =>
    test(line, () => {
      const settings = settingsOf(flagsOf(line));
      expect([settings.routePrefix, settings.externalUrl.href]).toEqual([prefix, url]);
    });
  check('--web.external-url=http://h:1/a/b/', '/a/b', 'http://h:1/a/b');
  check('--web.external-url=http://h:1/a --web.route-prefix=/', '/', 'http://h:1/a');
  check('--web.external-url=http://h:1 --web.route-prefix=x/', '/x', 'http://h:1/');
  test('of notifying', () => {
    expect(settingsOf(flagsOf('')).alertmanager).toEqual({ queueCapacity: 10_000, batchSize: 256, drainOnShutdown: true });
    const given = flagsOf(
      '--alertmanager.notification-queue-capacity=5 --alertmanager.notification-batch-size=2 --no-alertmanager.drain-notification-queue-on-shutdown',
    );
    expect(settingsOf(given).alertmanager).toEqual({ queueCapacity: 5, batchSize: 2, drainOnShutdown: false });
  });
  test('addresses', () => {
    const { listenAddresses } = settingsOf(
      flagsOf('--web.listen-address=[::1]:1 --web.listen-address=:2 --web.listen-address=localhost:0'),
    );
    expect(listenAddresses.map(({ host, port }) => [host, port])).toEqual([
      ['::1', 1],
      ['', 2],
      ['localhost', 0],
    ]);
  });
});

test('commands', () => {
  expect(parseCommandLine(['demo', '--port=9190'])).toEqual({ command: 'demo', port: 9190 });
  const tsdb = (line: string) => {
    const invocation = parseCommandLine(['tsdb', ...line.split(' ')]);
    return invocation.command === 'tsdb' ? invocation.request : invocation;
  };
  expect(tsdb('list')).toEqual({ verb: 'list', folder: 'data/', humanReadable: false });
  expect(tsdb('list -r /x')).toEqual({ verb: 'list', folder: '/x', humanReadable: true });
  const ever = { minTimeMs: -8.64e15, maxTimeMs: 8.64e15 };
  expect(tsdb('dump')).toEqual({ verb: 'dump', folder: 'data/', ...ever, match: [] });
  expect(tsdb('dump --min-time=-5 --max-time 7 --match={a="b"} --match=up x')).toEqual({
    verb: 'dump',
    folder: 'x',
    minTimeMs: -5,
    maxTimeMs: 7,
    match: ['{a="b"}', 'up'],
  });
  expect(tsdb('analyze --limit=3 x 01ARZ')).toEqual({ verb: 'analyze', folder: 'x', block: '01ARZ', limit: 3 });
  expect(tsdb('create-blocks-from openmetrics -q a.txt')).toEqual({
    verb: 'create-blocks',
    file: 'a.txt',
    folder: 'data/',
    humanReadable: false,
    quiet: true,
  });
  expect(() => tsdb('dump --min-time=x')).toThrow('cannot read flag --min-time: got "x", want a whole number');
  expect(() => parseCommandLine(['tsdb'])).toThrow("missing command: want 'tsdb list'");
  expect(() => tsdb('lst')).toThrow("unknown command 'lst' (Did you mean list?)");
  expect(parseCommandLine(['--version'])).toEqual({ command: 'version' });
  expect(parseCommandLine(['--help'])).toMatchObject({ command: 'help', topic: 'serve' });
  expect(parseCommandLine(['check', 'config', '--help'])).toMatchObject({ command: 'help', topic: 'other' });
  expect(() => parseCommandLine(['demo', '--port=x'])).toThrow('want a port number');
});

test('commands about rules', () => {
  const asked = (line: string) => {
    const invocation = parseCommandLine(line.split(' '));
    return invocation.command === 'rules' ? invocation.request : invocation;
  };
  const lint = { lint: 'duplicate-rules', lintFatal: false, ignoreUnknownFields: false, features: [] };
  expect(asked('check config a b')).toEqual({ verb: 'check-config', files: ['a', 'b'], ...lint, syntaxOnly: false, lookbackMs: 300_000 });
  expect(asked('check config --syntax-only --query.lookback-delta=1m --lint=all a')).toMatchObject({
    syntaxOnly: true,
    lookbackMs: 60_000,
    lint: 'all',
  });
  expect(asked('check rules')).toEqual({ verb: 'check-rules', files: [], ...lint });
  expect(asked('check rules --lint none --lint-fatal --ignore-unknown-fields --enable-feature=a,b f')).toEqual({
    verb: 'check-rules',
    files: ['f'],
    lint: 'none',
    lintFatal: true,
    ignoreUnknownFields: true,
    features: ['a', 'b'],
  });
  const tests = {
    verb: 'test-rules',
    files: ['f'],
    run: [],
    diff: false,
    debug: false,
    ignoreUnknownFields: false,
    junit: null,
    features: [],
  };
  expect(asked('test rules f')).toEqual(tests);
  expect(asked('test rules --run=a --run b --diff --debug --junit=x f')).toEqual({
    ...tests,
    run: ['a', 'b'],
    diff: true,
    debug: true,
    junit: 'x',
  });
  expect(asked('test --junit=x rules f')).toEqual({ ...tests, junit: 'x' });
  expect(() => asked('test promql --junit=x f')).toThrow("unknown option '--junit'");
  expect(() => asked('test rules')).toThrow("missing required argument 'file'");
  expect(() => asked('test')).toThrow("missing command: want 'test rules FILE...'");
});

test('help names every flag that has an effect', () => {
  for (const flag of FLAGS.filter((f) => f.effect === 'works')) expect(helpText()).toContain(`--${flag.name}`);
});

test('sizes are read back as they are printed', () => {
  for (const bytes of [0, 1, 1023, 1024, 1536, 512 * 2 ** 20, 2 ** 40 + 1]) {
    const parts = formatBytes(bytes).match(/\d+[KMGTPE]?i?B/g) ?? [];
    expect(parts.reduce((sum, part) => sum + parseBytes(part), 0)).toBe(bytes);
  }
});
