// The configuration in force, its rule files included: loaded once at the start, again on SIGHUP or POST /-/reload. A file that cannot be loaded changes
// nothing. Reloads wait for one another, so two never mix.
import { resolve } from 'node:path';
import {
  type Config,
  ConfigError,
  type Environment,
  type LoadedConfig,
  loadConfigFile,
  missingFileProblems,
  type TargetGroup,
} from '../config/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import type { Logger } from '../model/index.ts';
import type { LanguageFeatures } from '../promql/index.ts';
import type { RuleGroupSpec } from '../rules/index.ts';
import { type LoadedRules, RuleReader } from './rule-reader.ts';

interface Loaded extends LoadedConfig {
  readonly rules: LoadedRules;
}

export interface ConfigurationOptions {
  readonly file: string;
  readonly env: Environment;
  /** Of the queries in rules. */
  readonly features: LanguageFeatures;
  readonly logger: Logger;
  readonly now: () => number;
}

export class ActiveConfiguration {
  readonly #file: string;
  readonly #env: Environment;
  readonly #reader: RuleReader;
  #reloading: Promise<void> = Promise.resolve();
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #apply: ((config: Config, rules: readonly RuleGroupSpec[]) => void)[] = [];
  #loaded: Loaded;
  #lastSuccessMs: number;
  #lastSucceeded = true;
  #lastFailureMs = 0;

  /** @throws ConfigError */
  constructor({ file, env, features, logger, now }: ConfigurationOptions) {
    this.#file = file;
    this.#env = env;
    this.#logger = logger;
    this.#now = now;
    this.#reader = new RuleReader(features);
    const loaded = loadConfigFile(file, env);
    this.#loaded = { ...loaded, rules: this.#reader.readNow(loaded.config.ruleFiles) };
    this.#lastSuccessMs = now();
    this.#warn();
  }

  get config(): Config {
    return this.#loaded.config;
  }

  get warnings(): readonly string[] {
    return [...this.#loaded.warnings, ...this.#loaded.rules.warnings];
  }

  get lastSuccessMs(): number {
    return this.#lastSuccessMs;
  }

  get lastSucceeded(): boolean {
    return this.#lastSucceeded;
  }

  /** 0: none has failed. */
  get lastFailureMs(): number {
    return this.#lastFailureMs;
  }

  get ruleGroups(): readonly RuleGroupSpec[] {
    return this.#loaded.rules.groups;
  }

  /** Calls `apply` with the configuration in force, now and after each reload, in the order of registration. */
  whenApplied(apply: (config: Config, rules: readonly RuleGroupSpec[]) => void): void {
    this.#apply.push(apply);
    apply(this.config, this.ruleGroups);
  }

  /** @throws ConfigError with all problems in its message; nothing has changed then */
  reload(): Promise<void> {
    const reloaded = this.#reloading.then(() => this.#reload());
    this.#reloading = reloaded.catch(() => undefined);
    return reloaded;
  }

  async #reload(): Promise<void> {
    this.#logger.info('Loading configuration file', { filename: this.#file });
    const startedMs = performance.now();
    let loaded: Loaded;
    try {
      const read = loadConfigFile(this.#file, this.#env);
      // A rule file that is wrong is as bad as a wrong configuration.
      loaded = { ...read, rules: await this.#reader.read(read.config.ruleFiles) };
    } catch (error) {
      this.#lastSucceeded = false;
      this.#lastFailureMs = this.#now();
      logConfigError(this.#logger, 'Error reloading config', this.#file, error);
      throw error;
    }
    this.#loaded = loaded;
    for (const apply of this.#apply) apply(loaded.config, loaded.rules.groups);
    this.#lastSucceeded = true;
    this.#lastSuccessMs = this.#now();
    this.#warn();
    this.#logger.info('Completed loading of configuration file', {
      filename: this.#file,
      totalDuration: `${(performance.now() - startedMs).toFixed(3)}ms`,
    });
  }

  register(registry: MetricRegistry): void {
    registry.observed(
      'gauge',
      { name: 'prometheus_config_last_reload_successful', help: 'Whether the last configuration reload attempt was successful.' },
      () => Number(this.#lastSucceeded),
    );
    registry.observed(
      'gauge',
      { name: 'prometheus_config_last_reload_success_timestamp_seconds', help: 'Timestamp of the last successful configuration reload.' },
      () => this.#lastSuccessMs / 1000,
    );
    const discovered = registry.gauge({
      name: 'prometheus_sd_discovered_targets',
      help: 'Current number of discovered targets.',
      labelNames: ['name', 'config'],
    });
    const targets = (groups: readonly TargetGroup[]): number => groups.reduce((sum, group) => sum + group.targets.length, 0);
    this.whenApplied(({ scrapeConfigs, alerting }) => {
      discovered.clear();
      for (const { jobName, staticConfigs } of scrapeConfigs) discovered.labels('scrape', jobName).set(targets(staticConfigs));
      for (const [i, { staticConfigs }] of alerting.alertmanagers.entries())
        discovered.labels('notify', `config-${i}`).set(targets(staticConfigs));
    });
  }

  #warn(): void {
    for (const warning of this.warnings) this.#logger.warn('The configuration was loaded with a warning', { warning });
    // Targets that cannot be scraped are told by the scrape pools as they make them.
    for (const problem of missingFileProblems(this.#loaded))
      this.#logger.warn('The configuration names a file that is not there', { err: problem });
  }
}

/** One line a problem. */
export function logConfigError(logger: Logger, message: string, file: string, error: unknown): void {
  const problems = error instanceof ConfigError ? error.problems : [(error as Error).message];
  for (const problem of problems) logger.error(`${message} (--config.file=${file})`, { file: resolve(file), err: problem });
}
