// `tributary check config FILE`: the file is read as the server reads it, and what the server would stumble over only
// later is looked at now: files that it names and that do not exist, targets that cannot be scraped.

import { existsSync } from 'node:fs';
import type { AlertmanagerConfig, Config, HttpClientConfig, ScrapeConfig } from './config.ts';
import type { Environment } from './environment.ts';
import { ConfigError } from './errors.ts';
import { type LoadedConfig, loadConfigFile } from './load.ts';

export interface CheckResult {
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** Null where it does not load. */
  readonly config: Config | null;
}

/** What other folders know to be wrong with parts of a configuration that loads. */
export interface FurtherProblems {
  job?(job: ScrapeConfig): readonly string[];
  alertmanager?(config: AlertmanagerConfig): readonly string[];
}

/** `syntaxOnly`: the files that it names, those that it includes too, are not looked at. */
export function checkConfigFile(
  path: string,
  env: Environment = {},
  { syntaxOnly = false, ...further }: FurtherProblems & { readonly syntaxOnly?: boolean } = {},
): CheckResult {
  const missing = syntaxOnly ? () => [] : missingFiles;
  try {
    const loaded = loadConfigFile(path, env, { withIncludes: !syntaxOnly });
    const problems = [
      ...jobProblems(loaded, (job) => [...missing(job), ...(further.job?.(job) ?? [])]),
      ...alertmanagerProblems(loaded, (config) => [...missing(config), ...(further.alertmanager?.(config) ?? [])]),
    ];
    return { ok: problems.length === 0, problems, warnings: loaded.warnings, config: loaded.config };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { ok: false, problems: error.problems, warnings: [], config: null };
  }
}

/** What `problemsOf` finds in the jobs, each with its job and place: `file:line:column: scrape_configs[0]: job "a": sentence`. */
function jobProblems({ config, places }: LoadedConfig, problemsOf: (job: ScrapeConfig) => readonly string[]): string[] {
  return config.scrapeConfigs.flatMap((job, i) =>
    problemsOf(job).map((problem) => `${places[i]}: job ${JSON.stringify(job.jobName)}: ${problem}`),
  );
}

function alertmanagerProblems(
  { config, alertmanagerPlaces }: LoadedConfig,
  problemsOf: (config: AlertmanagerConfig) => readonly string[],
): string[] {
  return config.alerting.alertmanagers.flatMap((one, i) => problemsOf(one).map((problem) => `${alertmanagerPlaces[i]}: ${problem}`));
}

/** Files that are named and are not there: to the server a warning, since they are read when they are used. */
export function missingFileProblems(loaded: LoadedConfig): string[] {
  return [...jobProblems(loaded, missingFiles), ...alertmanagerProblems(loaded, missingFiles)];
}

function missingFiles({ httpClient }: { readonly httpClient: HttpClientConfig }): string[] {
  return namedFiles(httpClient)
    .filter(([, file]) => !existsSync(file))
    .map(([key, file]) => `${key}: the file ${file} does not exist`);
}

function namedFiles(client: HttpClientConfig): [key: string, file: string][] {
  const files: [string, string | null | undefined][] = [
    ['tls_config.ca_file', client.tls?.caFile],
    ['tls_config.cert_file', client.tls?.certFile],
    ['tls_config.key_file', client.tls?.keyFile],
    ['basic_auth.username_file', client.basicAuth?.usernameFile],
    ['basic_auth.password_file', client.basicAuth?.passwordFile],
    ['authorization.credentials_file', client.authorization?.credentialsFile],
    ...Object.entries(client.httpHeaders ?? {}).flatMap(([name, header]) =>
      header.files.map((file): [string, string] => [`http_headers.${name}.files`, file]),
    ),
  ];
  return files.filter((pair): pair is [string, string] => typeof pair[1] === 'string');
}
