// Asks sources what they are and what is below them. What came by way of other servers (`via`) is asked anew for each way, since a loop is seen
// by it, but only so many ways at a time: a made-up `via` must not send requests through the whole tree.
// A question takes its own time, whatever time whoever asks has: one who is in a hurry leaves no failure behind for the others.
import { ScrapeError } from '../http/index.ts';
import type { Clock } from '../model/index.ts';
import { type Asked, notAnswered, notAsked, unknownServer, withoutBelow } from './asked.ts';
import { ForeignServerReader } from './foreign-server.ts';
import { KeptAnswers } from './kept-answers.ts';
import { askPrometheus } from './prometheus-source.ts';
import { type AskPath, type SourceClient, SourceError } from './source-client.ts';
import { type Remembered, SourceMemory } from './source-memory.ts';
import type { SourceTarget } from './source-target.ts';

/** What a whole answer may take at the top; each level gives the one below this part of its time. */
export const WHOLE_ANSWER_MS = 5000;
const PART_BELOW = 0.8;
/** Of its time a server waits this long for its sources, and uses the rest to answer. */
export const PART_OF_WAITING = 0.9;
/** For one that is asked about itself alone, and waits for nobody. */
export const ALONE_MS = 2000;
/** Servers, sources and consumers in all answers that are kept. */
const MOST_KEPT_NODES = 20_000;
const ANSWER_LIMIT_BYTES = 4 * 1024 * 1024;
/** Pulls of each source and consumer below; at the top there are more. */
const PULLS_BELOW = 30;
/** What others answer to a path that they do not know. */
const NO_SUCH_PATH: ReadonlySet<number> = new Set([400, 404, 405, 501]);

export interface SourceQuestion {
  /** Levels wanted of the source, itself included; 0: itself, without its sources and consumers. */
  readonly depth: number;
  /** Ids of the servers on the way, the one that asks being the last. */
  readonly via: readonly string[];
}

export class SourceQuestions {
  readonly #client: SourceClient;
  readonly #answers: KeptAnswers<Asked>;
  readonly #memory = new SourceMemory();
  readonly #clock: Clock;

  constructor(client: SourceClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    this.#answers = new KeptAnswers({ clock, mostWeight: MOST_KEPT_NODES, weigh: ({ nodes }) => nodes, lighten: withoutBelow });
  }

  /** That a source cannot be asked is an answer, too. */
  ask(target: SourceTarget, question: SourceQuestion): Promise<Asked> {
    const { depth, via } = question;
    const source = `${target.job}\n${target.base}`;
    const group = via.length > 1 ? source : '';
    const answer = this.#answers.ask(`${source}\n${depth} ${via.join(',')}`, group, () => this.#inTurn(target, question));
    return answer ?? Promise.resolve(notAsked('not asked: this server was asked about it in too many ways within some seconds'));
  }

  /** What came of asking it before, long ago or not. */
  remembered(target: SourceTarget): Remembered {
    return this.#memory.of(target);
  }

  forget(): void {
    this.#answers.forget();
  }

  close(): void {
    this.#answers.close();
  }

  async #inTurn(target: SourceTarget, question: SourceQuestion): Promise<Asked> {
    const budgetMs = question.depth === 0 ? ALONE_MS : WHOLE_ANSWER_MS * PART_BELOW ** (question.via.length - 1) * PART_OF_WAITING;
    const asked = await this.#client.inTurn(target, budgetMs, (ask) => answerOf(ask, question)).catch(notAnswered);
    this.#memory.record(target, asked, this.#clock.wallMs());
    return asked;
  }
}

async function answerOf(ask: AskPath, { depth, via }: SourceQuestion): Promise<Asked> {
  const timeout = ((WHOLE_ANSWER_MS * PART_BELOW ** via.length) / 1000).toFixed(3);
  const history = depth === 0 ? 0 : PULLS_BELOW;
  let data: unknown;
  try {
    data = await ask('/federation', { depth: String(depth), via: via.join(','), timeout, history: String(history) }, ANSWER_LIMIT_BYTES);
  } catch (error) {
    if (error instanceof SourceError) return unknownServer(error.message);
    if (!isNoSuchPath(error)) throw error;
    return await answerOfOther(ask, depth);
  }
  const reader = new ForeignServerReader();
  const server = reader.read(data, depth);
  if (server === null) return unknownServer('it answers /api/v1/federation, but not with what that should be');
  return { server, error: '', labelsKnown: true, nodes: reader.nodes };
}

async function answerOfOther(ask: AskPath, depth: number): Promise<Asked> {
  try {
    return await askPrometheus(ask, depth);
  } catch (error) {
    if (!(error instanceof SourceError) && !isNoSuchPath(error)) throw error;
    return unknownServer('it is neither a Tributary nor a Prometheus: it knows neither /api/v1/federation nor /api/v1/status/buildinfo');
  }
}

const isNoSuchPath = (error: unknown): boolean => error instanceof ScrapeError && NO_SUCH_PATH.has(error.status);
