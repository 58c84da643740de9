// The configuration file, and the files that its `scrape_config_files` name, → one frozen Config, or a ConfigError with
// every problem. Nothing is read but these files; the environment comes in from the caller.

import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { quoteGo } from '../model/index.ts';
import { readAlerting } from './alerting-config.ts';
import type { Config, GlobalConfig, ScrapeConfig } from './config.ts';
import { displayValues } from './display.ts';
import { MAX_FILE_BYTES, parseDocument } from './document.ts';
import type { Environment } from './environment.ts';
import { ConfigError, Findings, type Position } from './errors.ts';
import { GlobError, globFiles } from './glob.ts';
import { readGlobal } from './global-config.ts';
import { inFolder } from './http-client.ts';
import { globalFields, rootFields, rootSection, scrapeConfigFileSection, UNUSED_SECTIONS } from './schema.ts';
import { readScrapeConfig, type ScrapeSection } from './scrape-config.ts';
import { emptySection, type Section } from './section.ts';
import { readStorage } from './storage-config.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** What was accepted but is without effect, or is likely a mistake. */
  readonly warnings: readonly string[];
  /** Where each of `config.scrapeConfigs` stands: `file:line:column: scrape_configs[0]`. */
  readonly places: readonly string[];
  /** Where each of `config.alerting.alertmanagers` stands. */
  readonly alertmanagerPlaces: readonly string[];
  /** The file as it was read. */
  readonly text: string;
}

export interface ParseOptions {
  /** Names the file in messages; relative file names are meant from its folder. */
  readonly file: string;
  readonly env: Environment;
  /** Reads a file of `scrape_config_files`. */
  readonly readFile?: (path: string) => string;
  /** Existing files for a pattern of `scrape_config_files`. */
  readonly glob?: (pattern: string) => readonly string[];
  /** Whether the files of `scrape_config_files` are read. */
  readonly withIncludes?: boolean;
}

/** Reads `path` and what it includes. Throws ConfigError, also when a file cannot be read. */
export function loadConfigFile(path: string, env: Environment, options: Pick<ParseOptions, 'withIncludes'> = {}): LoadedConfig {
  const text = readConfigText(path);
  return { ...parseConfig(text, { ...options, file: path, env }), text };
}

/** Throws ConfigError. */
export function parseConfig(text: string, options: ParseOptions): Omit<LoadedConfig, 'text'> {
  const findings = new Findings();
  const start: Position = { file: options.file, line: 1, column: 1 };
  const node = parseDocument(text, options.file, findings);
  const reading = { findings, path: '' };
  const root = (node === null ? undefined : rootSection.read(node, reading)) ?? emptySection(rootFields, start, reading);
  const folder = dirname(options.file);
  const global = readGlobal(root.get('global') ?? emptySection(globalFields, start, { findings, path: 'global' }), options.env, folder);
  const jobs = new JobList(global);
  jobs.add(root.get('scrape_configs') ?? [], options.file, 'main config file');
  const ownScrapeConfigs = jobs.configs.length;
  const scrapeConfigFiles = readPatterns(root, 'scrape_config_files', 'scrape config', folder);
  const ruleFiles = readPatterns(root, 'rule_files', 'rule', folder);
  if (options.withIncludes ?? true) includeFiles(root, scrapeConfigFiles, jobs, options);
  const alerting = readAlerting(root.get('alerting'), folder);
  const storage = readStorage(root.get('storage'));
  checkTracing(root);
  findings.seal();
  const config: Config = {
    global,
    scrapeConfigs: jobs.configs,
    ownScrapeConfigs,
    scrapeConfigFiles,
    ruleFiles,
    alerting: alerting.config,
    storage,
    unusedSections: displayValues(root, UNUSED_SECTIONS),
  };
  return { config: deepFreeze(config), warnings: findings.allWarnings(), places: jobs.places, alertmanagerPlaces: alerting.places };
}

function readConfigText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ConfigError([`cannot read configuration file ${path}: ${error.message}`], { cause: error });
  }
  if (bytes.length > MAX_FILE_BYTES) {
    throw new ConfigError([`cannot read configuration file ${path}: got ${bytes.length} bytes, want at most ${MAX_FILE_BYTES}`]);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ConfigError([`cannot read configuration file ${path}: got bytes that are not UTF-8, want UTF-8`], { cause: error });
  }
}

/** The jobs of all files, no name twice. */
class JobList {
  readonly configs: ScrapeConfig[] = [];
  readonly places: string[] = [];
  readonly #global: GlobalConfig;
  readonly #firstFound = new Map<string, string>();

  constructor(global: GlobalConfig) {
    this.#global = global;
  }

  /** `where` names the file in the message about a second job of the same name. */
  add(jobs: readonly ScrapeSection[], file: string, where: string): void {
    for (const job of jobs) {
      const config = readScrapeConfig(job, this.#global, dirname(file));
      const first = this.#firstFound.get(config.jobName);
      if (first !== undefined && config.jobName !== '') {
        const hint = first === where ? '' : `, first found in ${first}`;
        job.problem('job_name', `found multiple scrape configs with job name ${quoteGo(config.jobName)}${hint}`);
      } else this.#firstFound.set(config.jobName, where);
      this.configs.push(config);
      const { line, column } = job.node.position;
      this.places.push(`${job.node.position.file}:${line}:${column}: ${job.reading.path}`);
    }
  }
}

/** A star only in the last segment: what Prometheus allows. */
const PATTERN = /^[^*]*(\*[^/]*)?$/;

function readPatterns(root: Section<typeof rootFields>, key: 'scrape_config_files' | 'rule_files', what: string, folder: string): string[] {
  const patterns = root.get(key) ?? [];
  for (const pattern of patterns) {
    if (!PATTERN.test(pattern)) root.problem(key, `invalid ${what} file path ${quoteGo(pattern)}`);
  }
  return patterns.map((pattern) => inFolder(pattern, folder));
}

function includeFiles(root: Section<typeof rootFields>, patterns: readonly string[], jobs: JobList, options: ParseOptions): void {
  const { findings } = root.reading;
  const readFile = options.readFile ?? readConfigText;
  const glob = options.glob ?? globFiles;
  for (const pattern of patterns) {
    try {
      const files = glob(pattern);
      if (files.length === 0) findings.warning(`no file matches ${quoteGo(pattern)} of scrape_config_files`);
      for (const file of files) {
        const node = parseDocument(readFile(file), file, findings);
        const included = node === null ? undefined : scrapeConfigFileSection.read(node, { findings, path: '' });
        jobs.add(included?.get('scrape_configs') ?? [], file, quoteGo(file));
      }
    } catch (error) {
      if (error instanceof GlobError)
        root.problem('scrape_config_files', `error retrieving scrape config files for ${quoteGo(pattern)}: ${error.message}`);
      else if (error instanceof ConfigError) root.problem('scrape_config_files', error.message);
      else throw error;
    }
  }
}

/** Of a section that does nothing yet: a file that Prometheus refuses is refused here as well. */
function checkTracing(root: Section<typeof rootFields>): void {
  const tracing = root.get('tracing');
  if (tracing !== undefined && tracing.node.kind === 'mapping' && (tracing.get('endpoint') ?? '') === '') {
    tracing.problem('endpoint', 'tracing endpoint must be set');
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
