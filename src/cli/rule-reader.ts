// The rule files of a configuration → all their groups. A problem in any of them refuses them all, with every problem of every file. What has
// not changed since the last time is not read again, and much that has is read by a thread of its own: a reload holds nobody up.
import { Worker } from 'node:worker_threads';
import { ConfigError } from '../config/index.ts';
import type { LanguageFeatures } from '../promql/index.ts';
import { checkRuleText, findRuleFiles, type ReadRuleFile, type RuleGroupSpec, readRuleText } from '../rules/index.ts';

export interface LoadedRules {
  /** In the order of the patterns, of each one's files, and of the groups in these; each file once. */
  readonly groups: readonly RuleGroupSpec[];
  readonly warnings: readonly string[];
}

export interface RuleText {
  readonly file: string;
  readonly text: string;
}

/** What the thread is given. */
export interface RuleReading {
  readonly texts: readonly RuleText[];
  readonly features: LanguageFeatures;
}

/** What it answers with, some at a time: of the file of that index more groups, or problems. */
export interface RulePiece extends ReadRuleFile {
  readonly index: number;
}

/** Reading so many characters takes ten milliseconds. */
const SHORT_TEXTS = 16 * 1024;

interface KnownFile extends ReadRuleFile {
  readonly text: string;
}

export class RuleReader {
  readonly #features: LanguageFeatures;
  /** Those of the last time that there was no problem. */
  #known: ReadonlyMap<string, KnownFile> = new Map();

  constructor(features: LanguageFeatures) {
    this.#features = features;
  }

  /** All at once, for a start. @throws ConfigError */
  readNow(patterns: readonly string[]): LoadedRules {
    const files = new RuleFiles(patterns, this.#known);
    files.read(files.changed.map(({ file, text }) => checkRuleText(text, file, { features: this.#features })));
    return this.#keep(files);
  }

  /** @throws ConfigError */
  async read(patterns: readonly string[]): Promise<LoadedRules> {
    const files = new RuleFiles(patterns, this.#known);
    const length = files.changed.reduce((sum, { text }) => sum + text.length, 0);
    if (length > SHORT_TEXTS) files.read(await readElsewhere({ texts: files.changed, features: this.#features }));
    else files.read(files.changed.map(({ file, text }) => checkRuleText(text, file, { features: this.#features })));
    return this.#keep(files);
  }

  #keep(files: RuleFiles): LoadedRules {
    const loaded = files.loaded();
    this.#known = files.known;
    return loaded;
  }
}

/** The files of one reading. */
class RuleFiles {
  readonly known: ReadonlyMap<string, KnownFile>;
  /** What is to be read. */
  readonly changed: readonly RuleText[];
  readonly #files: Map<string, KnownFile | null>;
  readonly #problems: string[];
  readonly #warnings: readonly string[];

  constructor(patterns: readonly string[], before: ReadonlyMap<string, KnownFile>) {
    const { files, problems, warnings } = findRuleFiles(patterns);
    this.#problems = [...problems];
    this.#warnings = warnings;
    this.#files = new Map();
    this.known = this.#files as ReadonlyMap<string, KnownFile>;
    const changed: RuleText[] = [];
    for (const file of files) {
      const text = readRuleText(file);
      if (typeof text !== 'string') {
        this.#problems.push(text.problem);
        continue;
      }
      const same = before.get(file);
      this.#files.set(file, same?.text === text ? same : null);
      if (same?.text !== text) changed.push({ file, text });
    }
    this.changed = changed;
  }

  /** What the changed ones are, in their order. */
  read(results: readonly ReadRuleFile[]): void {
    for (const [i, { file, text }] of this.changed.entries()) {
      this.#problems.push(...results[i].problems);
      this.#files.set(file, { text, ...results[i] });
    }
  }

  /** @throws ConfigError */
  loaded(): LoadedRules {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
    return { groups: [...this.known.values()].flatMap(({ groups }) => groups), warnings: this.#warnings };
  }
}

function readElsewhere(reading: RuleReading): Promise<readonly ReadRuleFile[]> {
  return new Promise((resolve, reject) => {
    const results = reading.texts.map(() => ({ groups: [] as RuleGroupSpec[], problems: [] as string[] }));
    const worker = new Worker(new URL('./rule-reader-worker.ts', import.meta.url), { workerData: reading, name: 'rule-reader' });
    worker.on('message', ({ index, groups, problems }: RulePiece) => {
      results[index].groups.push(...groups);
      results[index].problems.push(...problems);
    });
    worker.on('error', (error) => reject(new ConfigError([`cannot read the rule files: ${error.message}`], { cause: error })));
    worker.on('exit', (code) => {
      if (code === 0) resolve(results);
      else reject(new ConfigError([`cannot read the rule files: their thread ended with code ${code}`]));
    });
  });
}
