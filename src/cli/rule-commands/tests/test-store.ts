// A test's store: a head in memory, filled as the test's clock goes on, and asked by rules and queries in this same thread.
import { createHeadMemory, KernelError } from '../../../kernel/index.ts';
import type { EngineOptions, LanguageFeatures, QueryAnswer } from '../../../promql/index.ts';
import { EvaluationError } from '../../../promql/index.ts';
import { type EvaluationRequest, groupKey, RuleAppender, type RuleEvaluator } from '../../../rules/index.ts';
import { NO_OWNER, StorageError } from '../../../storage/index.ts';
import { Head } from '../../../tsdb/index.ts';
import { LocalWorker, type NewestSample, type RulesResult } from '../../../worker/index.ts';
import { RuleCommandError } from '../command.ts';
import type { InputSamples } from './input-samples.ts';
import type { TestSpec } from './test-file.ts';
import type { SampleValue } from './test-value.ts';

const DAY_MS = 24 * 3_600_000;
export interface LanguageOptions {
  readonly features: LanguageFeatures;
  readonly delayedNameRemoval: boolean;
}

/** Nothing grows old in a test. */
const FOREVER_MS = 8.64e15;
/** Nothing of it is taken before it is needed. */
const MEMORY_BYTES = 1024 ** 3;
const TIMEOUT_MS = 100_000;

export class TestStore implements RuleEvaluator {
  readonly appender: RuleAppender;
  readonly #head: Head;
  readonly #worker: LocalWorker;
  readonly #test: Pick<TestSpec, 'externalLabels' | 'externalUrl'>;
  readonly #options: EngineOptions;

  /** @throws KernelError `memory_refused` */
  constructor(test: Pick<TestSpec, 'externalLabels' | 'externalUrl'>, language: LanguageOptions, evaluationIntervalMs: number) {
    // Samples may be half a chunk's range older than the newest one, as where promtool keeps them.
    const memory = createHeadMemory({ bytes: MEMORY_BYTES, workers: 1, retentionMs: FOREVER_MS, chunkRangeMs: DAY_MS });
    this.#head = new Head(memory, { retentionMs: 0, sweepIntervalMs: DAY_MS });
    this.#worker = new LocalWorker(memory);
    this.appender = new RuleAppender(this.#head);
    this.#test = test;
    this.#options = {
      features: language.features,
      lookbackMs: 5 * 60_000,
      subqueryStepMs: evaluationIntervalMs,
      delayedNameRemoval: language.delayedNameRemoval,
      typeAndUnitLabels: false,
      perStepStatistics: false,
      maxSamples: 50_000_000,
      maxBytes: 1024 ** 3,
    };
  }

  /** What the inputs have up to that time. @throws RuleCommandError */
  async load(inputs: InputSamples, timeMs: number): Promise<void> {
    try {
      const commit = await this.appender.write(async (batch) => {
        inputs.take(timeMs, (labels, sampleMs, value) => {
          const slot = this.#head.series(labels, NO_OWNER);
          if (value === 'stale') batch.pushStale(slot, sampleMs);
          else batch.push(slot, sampleMs, value);
        });
      });
      const outcome = await commit.outcome;
      const refused = outcome === null ? 0 : outcome.outOfOrder + outcome.duplicate + outcome.tooOld + outcome.outOfMemory;
      if (refused > 0) throw new RuleCommandError(`cannot load the input series: ${refused} samples were refused`);
    } catch (error) {
      if (!(error instanceof StorageError || error instanceof KernelError)) throw error;
      throw new RuleCommandError(`cannot load the input series: ${error.message}`, { cause: error });
    }
  }

  evaluate({ group, tasks, timeMs, queryTimeMs }: EvaluationRequest): Promise<RulesResult> {
    const { externalLabels, externalUrl } = this.#test;
    return this.#worker.rules({
      type: 'rules',
      group: groupKey(group),
      tasks,
      timeMs,
      queryTimeMs,
      options: this.#options,
      timeoutMs: TIMEOUT_MS,
      externalLabels,
      externalUrl,
      queries: false,
    });
  }

  /** Nothing was before a test. */
  async newest(): Promise<readonly NewestSample[]> {
    return [];
  }

  /** The samples of a query at one time. @throws PromqlParseError, EvaluationError, StorageError */
  samples(expr: string, timeMs: number): Promise<readonly SampleValue[]> {
    return this.#worker.query(expr, timeMs, this.#options, samplesOf);
  }

  /** All that there is, up to that time: each series as text. @throws EvaluationError, StorageError */
  dump<T>(range: string, timeMs: number, take: (answer: QueryAnswer) => T): Promise<T> {
    return this.#worker.query(`{__name__=~".+"}[${range}]`, timeMs, { ...this.#options, maxSamples: Number.MAX_SAFE_INTEGER }, take);
  }

  close(): Promise<void> {
    return this.#head.close();
  }
}

function samplesOf({ value }: QueryAnswer): readonly SampleValue[] {
  if (value.type === 'scalar') return [{ labels: [], value: value.value }];
  if (value.type !== 'vector') throw new EvaluationError('execution', 'rule result is not a vector or scalar');
  const { labels, store, order } = value.rows;
  return order.map((row) => ({ labels: labels[row], value: store.values[row] }));
}
