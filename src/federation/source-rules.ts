// Asks sources for the recording rules that make the series of some names. What they send is read with care; a rule is told as a whole or not.
import type { FederationOrigin } from '../answers/index.ts';
import { type Clock, utf8Length } from '../model/index.ts';
import { whyNot } from './asked.ts';
import { fieldsOf, listOf } from './foreign-values.ts';
import { KeptAnswers } from './kept-answers.ts';
import { type AskPath, type SourceClient, SourceError } from './source-client.ts';
import { ALONE_MS } from './source-questions.ts';
import type { SourceTarget } from './source-target.ts';

/** Of one answer. */
const MOST_RULES = 200;
const MOST_QUERY_LENGTH = 16 * 1024;
const MOST_TEXT = 256 * 1024;
/** Of all answers that are kept. */
const MOST_KEPT_TEXT = 8 * 1024 * 1024;
const ANSWER_LIMIT_BYTES = 2 * 1024 * 1024;
/** Names stand in the address of the request, which servers take up to 8 KiB or more; escaped, a byte takes up to three. */
const MOST_NAME_BYTES = 2 * 1024;

type Rules = FederationOrigin['rules'];

export interface FoundRules {
  readonly rules: Rules;
  /** A sentence on why some may be missing; '' when none are. */
  readonly error: string;
}

export class SourceRules {
  readonly #client: SourceClient;
  readonly #answers: KeptAnswers<FoundRules>;

  constructor(client: SourceClient, clock: Clock) {
    this.#client = client;
    this.#answers = new KeptAnswers({ clock, mostWeight: MOST_KEPT_TEXT, weigh: lengthOf, lighten: () => TOO_MANY });
  }

  /** That a source cannot be asked is an answer, too. */
  ask(target: SourceTarget, names: readonly string[]): Promise<FoundRules> {
    const source = `${target.job}\n${target.base}`;
    const asked = firstOf(names);
    const ask = (): Promise<FoundRules> => this.#inTurn(target, asked, asked.length < names.length);
    return this.#answers.ask(`${source}\n${JSON.stringify(asked)}`, source, ask) ?? Promise.resolve(TOO_MANY);
  }

  forget(): void {
    this.#answers.forget();
  }

  close(): void {
    this.#answers.close();
  }

  async #inTurn(target: SourceTarget, names: readonly string[], namesLeft: boolean): Promise<FoundRules> {
    try {
      const { rules, left } = await this.#client.inTurn(target, ALONE_MS, (ask) => rulesOf(ask, names));
      return { rules, error: left || namesLeft ? `${target.base} has more rules for these names than are told, or longer ones` : '' };
    } catch (error) {
      return { rules: [], error: `cannot tell the rules of ${target.base}: ${whyNot(error)}` };
    }
  }
}

const TOO_MANY: FoundRules = { rules: [], error: 'too many rules were asked for within some seconds: ask again' };

const lengthOf = ({ rules }: FoundRules): number => rules.reduce((sum, { name, query }) => sum + name.length + query.length, 0);

interface ReadRules {
  readonly rules: Rules;
  /** Some were left out. */
  readonly left: boolean;
}

async function rulesOf(ask: AskPath, names: readonly string[]): Promise<ReadRules> {
  return recordingRules(await ask('/rules', { type: 'record', 'rule_name[]': names }, ANSWER_LIMIT_BYTES), new Set(names));
}

function firstOf(names: readonly string[]): string[] {
  let bytes = 0;
  return names.filter((name) => {
    const length = utf8Length(name);
    if (bytes + length > MOST_NAME_BYTES) return false;
    bytes += length;
    return true;
  });
}

/** Recording rules for the names, each once. Older servers answer with all rules. @throws SourceError */
export function recordingRules(data: unknown, names: ReadonlySet<string>): ReadRules {
  const { groups } = fieldsOf(data);
  if (!Array.isArray(groups)) throw new SourceError('not_understood', 'its answer has no rule groups');
  const rules = new Map<string, Rules[number]>();
  let length = 0;
  let left = false;
  for (const group of groups) {
    for (const rule of listOf(fieldsOf(group).rules, Number.MAX_SAFE_INTEGER)) {
      const { type, name, query } = fieldsOf(rule);
      if (type !== 'recording' || typeof name !== 'string' || typeof query !== 'string' || !names.has(name)) continue;
      const key = JSON.stringify([name, query]);
      if (rules.has(key)) continue;
      if (query.length > MOST_QUERY_LENGTH || rules.size >= MOST_RULES || length + key.length > MOST_TEXT) left = true;
      else {
        rules.set(key, { name, query });
        length += key.length;
      }
    }
  }
  return { rules: [...rules.values()], left };
}
