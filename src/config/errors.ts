// What can be wrong with a configuration: every problem found, each with its place. A file with a problem is not loaded.

/** A place in a configuration file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Collects while a configuration is read; `seal` throws if there was a problem. */
export class Findings {
  readonly problems: string[] = [];
  readonly warnings = new Set<string>();
  /** Keys that nobody knows are passed over without a word. */
  readonly ignoresUnknownKeys: boolean;
  readonly #unused = new Set<string>();

  constructor({ ignoreUnknownKeys = false } = {}) {
    this.ignoresUnknownKeys = ignoreUnknownKeys;
  }

  /** `path` is the key's path such as `scrape_configs[0].job_name`, '' for the document itself. */
  problem(position: Position, path: string, sentence: string): void {
    const place = `${position.file}:${position.line}:${position.column}`;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(path === '' ? `${place}: ${sentence}` : `${place}: ${path}: ${sentence}`);
  }

  warning(sentence: string): void {
    this.warnings.add(sentence);
  }

  /** A key that was accepted and does nothing; named once, however many jobs have it. */
  unused(path: string): void {
    this.#unused.add(path.replaceAll(/\[\d+\]/g, '[]'));
  }

  /** All warnings; the keys that do nothing are one of them. */
  allWarnings(): string[] {
    const unused = [...this.#unused];
    if (unused.length === 0) return [...this.warnings];
    return [...this.warnings, `the configuration has keys that are accepted but do nothing yet: ${unused.join(', ')}`];
  }

  seal(): void {
    if (this.problems.length > 0) throw new ConfigError(this.problems);
  }
}

const MAX_PROBLEMS = 100;

export class ConfigError extends Error {
  readonly code = 'invalid_config';
  override name = 'ConfigError';
  /** Each `file:line:column: key.path: sentence`, in the order in which they were found. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}
