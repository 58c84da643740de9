// The composition root of the server: makes every part, hands each what it needs, and ends them in reverse order.
// Order of the start: flags, configuration, head, workers, listening (503 until ready), scraping.
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type ApiPorts, createApplication, ListenError, Listeners, type ServerState } from '../api/index.ts';
import { ConfigError } from '../config/index.ts';
import { createPostClient, createScrapeClient } from '../http/index.ts';
import { at, createHeadMemory, type HeadMemory, KernelError, readWord, TargetCache, WINDOW_BYTES } from '../kernel/index.ts';
import { MetricRegistry, registerEventLoopDelay, registerProcessMetrics } from '../metrics/index.ts';
import { type Logger, systemClock } from '../model/index.ts';
import { Notifier } from '../notifier/index.ts';
import { ScrapeSupervisor } from '../scrape/index.ts';
import { BackgroundError, DataFolderError, Store, WalError } from '../tsdb/index.ts';
import { ActiveQueries } from './active-queries.ts';
import { ActiveConfiguration, logConfigError } from './configuration.ts';
import { EngineMetrics } from './engine-metrics.ts';
import { FederationService } from './federation-service.ts';
import { type FlagValues, reviewFlags } from './flags.ts';
import { headTotals, registerHeadMetrics } from './head-metrics.ts';
import { LastSteps } from './last-steps.ts';
import { createLogger } from './logging.ts';
import { activeNotifications } from './notifications.ts';
import { QueryLog } from './query-log.ts';
import { createQueryPort } from './query-port.ts';
import { createSeriesSource, createWorkerPool, headStatus, registerPoolMetrics } from './query-service.ts';
import { RuleService } from './rule-service.ts';
import { type Settings, settingsOf } from './settings.ts';
import { createStatus } from './status.ts';
import { limitsOf, maxBlockMsOf, type Retention, retentionOf } from './storage-settings.ts';
import { registerStoreMetrics } from './store-metrics.ts';
import { endOnUncaught } from './uncaught.ts';
import { PROMETHEUS_VERSION, TRIBUTARY_VERSION, USER_AGENT } from './version.ts';

const SWEEP_INTERVAL_MS = 60_000;
/** Running requests get this long to end when the server stops. */
const GRACE_MS = 3_000;
/** Alerts that wait then get this long to be sent. */
const DRAIN_LIMIT_MS = 10_000;

/** Names the flags that do nothing here, in one warning. @returns it, for the status */
function warnAboutFlags(flags: FlagValues, logger: Logger): string[] {
  const { unneeded, later, unknownFeatures } = reviewFlags(flags);
  for (const option of unknownFeatures) logger.warn('Unknown option for --enable-feature', { option });
  if (unneeded.length + later.length === 0) return [];
  const message = 'Some flags are accepted but have no effect';
  logger.warn(message, { notApplicableHere: unneeded.join(' ') || 'none', notSupportedYet: later.join(' ') || 'none' });
  return [`${message}: ${[...unneeded, ...later].join(' ')}`];
}

function loadConfiguration(settings: Settings, logger: Logger): ActiveConfiguration | null {
  try {
    const { configFile: file, promqlFeatures: features } = settings;
    return new ActiveConfiguration({ file, env: process.env, features, logger, now: Date.now });
  } catch (error) {
    logConfigError(logger, 'Error loading config', settings.configFile, error);
    return null;
  }
}

/** Null, and told in the log, when the data folder cannot be used. */
function openStore(settings: Settings, configuration: ActiveConfiguration, memory: HeadMemory, logger: Logger): Store | null {
  const { path, lock, walCompression, walSegmentBytes, metadataRecords, minBlockMs } = settings.storage;
  const retention = (): Retention => retentionOf(settings.storage, configuration.config.storage.retention);
  try {
    return new Store({
      memory,
      path,
      lock,
      walCompression,
      walSegmentBytes,
      metadataRecords,
      minBlockMs,
      maxBlockMs: maxBlockMsOf(settings.storage, retention()),
      retention: () => limitsOf(retention(), path),
      sweepIntervalMs: SWEEP_INTERVAL_MS,
      background: { entry: new URL('./background-worker.ts', import.meta.url), index: settings.queryWorkers },
      logger,
    });
  } catch (error) {
    if (!(error instanceof DataFolderError || error instanceof WalError)) throw error;
    logger.error('Opening storage failed', { err: error.message });
    return null;
  }
}

function createRegistry(settings: Settings, startTimeMs: number, state: () => ServerState): MetricRegistry {
  const registry = new MetricRegistry();
  registerProcessMetrics(registry, startTimeMs);
  registerEventLoopDelay(registry, settings.loopDelayResolutionMs);
  const build = { version: PROMETHEUS_VERSION, tributary_version: TRIBUTARY_VERSION, node_version: process.versions.node };
  const help = "The Prometheus version this server is compatible with, and the server's own.";
  registry
    .gauge({ name: 'prometheus_build_info', help, labelNames: Object.keys(build) })
    .labels(...Object.values(build))
    .set(1);
  registry.observed('gauge', { name: 'prometheus_ready', help: 'Whether the server is ready for requests.' }, () =>
    Number(state() === 'ready'),
  );
  registry.gauge({ name: 'tributary_query_workers', help: 'Worker threads that answer requests.' }).labels().set(settings.queryWorkers);
  return registry;
}

/** What ends the server: a signal, POST /-/quit, or the end of a parent that holds a channel to it. `over` resolves with the exit code; a second signal does not wait for anything. */
class Ending {
  readonly over: Promise<number>;
  readonly #logger: Logger;
  #end: (code: number) => void = () => undefined;
  #signalled = false;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (this.#signalled) process.exit(1);
        this.#signalled = true;
        logger.warn('Received an OS signal, exiting gracefully...', { signal });
        this.#end(0);
      });
    }
    if (process.connected) this.#endWithParent();
  }

  /** Started with a channel to its parent (as the demo does), the server does not outlive it, however that ended. */
  #endWithParent(): void {
    process.once('disconnect', () => this.#end(0));
    // The channel alone does not keep the process running.
    process.channel?.unref();
  }

  quit(): void {
    this.#logger.warn('Received termination request via web service, exiting gracefully...');
    this.#end(0);
  }
}

/** Runs the server until it is told to end. @returns the exit code @throws FlagError */
export async function runServer(flags: FlagValues): Promise<number> {
  const startTimeMs = Date.now();
  const settings = settingsOf(flags);
  const logger = createLogger({ ...settings.log, now: Date.now });
  const flagWarnings = warnAboutFlags(flags, logger);
  const configuration = loadConfiguration(settings, logger);
  if (configuration === null) return 2;
  logger.info('Starting Tributary', {
    version: TRIBUTARY_VERSION,
    compatibleWith: `prometheus ${PROMETHEUS_VERSION}`,
    node: process.versions.node,
  });
  endOnUncaught(logger);
  process.on('SIGHUP', () => reloadOnSignal(configuration));
  let state: ServerState = 'starting';
  let stateSinceMs = startTimeMs;
  const ending = new Ending(logger);
  const registry = createRegistry(settings, startTimeMs, () => state);
  configuration.register(registry);

  // One arena more than query workers: the background thread's.
  const memory = createHeadMemory({
    bytes: settings.headMaxBytes || undefined,
    workers: settings.queryWorkers + 1,
    retentionMs: 0,
    chunkRangeMs: settings.storage.minBlockMs,
  });
  const store = openStore(settings, configuration, memory, logger.child({ component: 'tsdb' }));
  if (store === null) return 1;
  const { head } = store;
  registerStoreMetrics(registry, store);
  registerHeadMetrics(registry, head, readWord(memory.buffer, at.SLOT_LIMIT));
  const window = memory.buffer.subarray(at.WINDOW, at.WINDOW + WINDOW_BYTES);
  const supervisor = new ScrapeSupervisor({
    appender: head,
    client: createScrapeClient({ buffer: window }, { environment: process.env }),
    createCache: (target) => new TargetCache(memory, { target }),
    logger: logger.child({ component: 'scrape' }),
    registry,
    userAgent: USER_AGENT,
    hostname: hostname(),
    external: {
      listenAddress: settings.listenAddresses[0].text,
      host: settings.externalUrl.host,
      scheme: settings.externalUrl.protocol.slice(0, -1),
    },
    flags: { ...settings.scrape, extraScrapeMetrics: settings.scrape.extraMetrics },
  });
  const pool = createWorkerPool(memory, store.folder, settings, logger.child({ component: 'query' }));
  registerPoolMetrics(registry, pool);
  store.deletions.onChange = (tombstones) => pool.tombstones(tombstones);
  store.readersEnd = () => pool.settled(settings.query.timeoutMs);

  const federation = new FederationService({ pool, scraping: supervisor, config: () => configuration.config, settings, registry });
  const queryLog = new QueryLog(logger.child({ component: 'query' }), Date.now);
  const activeQueries = openActiveQueries(store.folder, settings, logger.child({ component: 'activeQueryTracker' }));

  const notifier = new Notifier({
    client: createPostClient(process.env),
    registry,
    logger: logger.child({ component: 'notifier' }),
    userAgent: USER_AGENT,
    settings: settings.alertmanager,
    drainLimitMs: DRAIN_LIMIT_MS,
  });

  const engineMetrics = new EngineMetrics(registry);
  const rules = new RuleService({
    appender: head,
    pool,
    notifier,
    flags: settings.rules,
    query: settings.query,
    queryLog,
    metrics: engineMetrics,
    config: () => configuration.config,
    externalUrl: settings.externalUrl,
    registry,
    logger: logger.child({ component: 'rule manager' }),
  });

  const ports: ApiPorts = {
    targets: supervisor.targets,
    metadata: supervisor.metadata,
    alertmanagers: notifier,
    rules,
    series: createSeriesSource(pool),
    ...federation.ports,
    status: createStatus({
      settings,
      configuration,
      startTimeMs,
      now: Date.now,
      retention: () => retentionOf(settings.storage, configuration.config.storage.retention),
      corruptions: () => store.corruptions,
      head: (limit) => headStatus(pool, limit, () => headTotals(head)),
      notifications: () => activeNotifications(state, stateSinceMs, configuration),
      flagWarnings,
    }),
    lifecycle: { state: () => state, reload: () => configuration.reload(), quit: () => ending.quit() },
    tsdbStatus: { walReplay: () => store.replayProgress, blockMetas: () => store.blockMetas() },
    tsdbAdmin: store,
    query: createQueryPort({
      pool,
      settings: settings.query,
      subqueryStepMs: () => configuration.config.global.evaluationIntervalMs,
      registry,
      metrics: engineMetrics,
      now: Date.now,
      activeQueries,
      log: queryLog,
    }),
    registry,
    logger: logger.child({ component: 'web' }),
  };
  const app = await createApplication(ports, settings);
  const listeners = new Listeners({
    addresses: settings.listenAddresses,
    maxConnections: settings.maxConnections,
    readTimeoutMs: settings.readTimeoutMs,
  });
  try {
    await listeners.listen(app.routing);
    for (const { text } of settings.listenAddresses) logger.info('Listening on', { component: 'web', address: text });
    await store.replay();
    // Not before: they would take the replay's second core.
    pool.start();
    configuration.whenApplied((config, ruleGroups) => {
      queryLog.open(config.global.queryLogFile);
      supervisor.apply(config);
      federation.apply();
      notifier.apply(config);
      rules.apply(config, ruleGroups);
    });
    state = 'ready';
    logger.info('Server is ready to receive web requests.');
    return await ending.over;
  } catch (error) {
    if (!(error instanceof ListenError || error instanceof KernelError || error instanceof WalError || error instanceof BackgroundError))
      throw error;
    logger.error('Cannot start', { err: error });
    return 1;
  } finally {
    state = 'stopping';
    stateSinceMs = Date.now();
    const steps = new LastSteps(systemClock, logger);
    await steps.take('rules', rules.stop());
    await steps.take('scraping', supervisor.stop());
    federation.stop();
    await steps.take('alerts to Alertmanagers', notifier.stop());
    await steps.take('requests', listeners.close(GRACE_MS));
    await steps.take('query workers', pool.close());
    await steps.take('the HTTP application', app.close());
    queryLog.close();
    activeQueries?.close();
    await store.close();
    logger.info('See you next time!');
    // The work that goes on would keep the process.
    if (steps.isLate) process.exit(1);
  }
}

/** Null when its file cannot be made: queries are answered all the same. */
function openActiveQueries(folder: string, settings: Settings, logger: Logger): ActiveQueries | null {
  try {
    return new ActiveQueries(join(folder, 'queries.active'), settings.query.maxConcurrency, logger);
  } catch (error) {
    logger.error('Cannot keep the active queries in a file', { err: (error as Error).message });
    return null;
  }
}

function reloadOnSignal(configuration: ActiveConfiguration): void {
  configuration.reload().catch((error: unknown) => {
    // What is wrong with the files was told in the log, problem by problem.
    if (!(error instanceof ConfigError)) throw error;
  });
}
