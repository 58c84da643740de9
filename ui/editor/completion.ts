// What the editor offers while one types: what fits at the cursor, and queries that were run.
import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { newCompleteStrategy } from '@prometheus-io/codemirror-promql';
import { CompletionClient } from './completion-client.ts';

const PAST = { name: 'Queries that were run', rank: 1 };
const LONGEST_LABEL = 120;

/** One for all editors of a page: they ask for the same things. */
const client = new CompletionClient();
const strategy = newCompleteStrategy({ remote: client });

/** `history` is read each time that something is offered. */
export function completion(history: () => readonly string[]): Extension {
  return autocompletion({
    override: [fitting, (context) => pastQueries(context, history())],
    icons: false,
    maxRenderedOptions: 200,
  });
}

/** Behind a closing bracket an expression may be at its end: operators are offered there when they are asked for, so that Enter executes. */
async function fitting(context: CompletionContext): Promise<CompletionResult | null> {
  const result = await strategy.promQL(context);
  const isOffered =
    result === null || context.explicit || result.from < context.pos || !/[)\]}]\s*$/.test(context.state.sliceDoc(0, context.pos));
  // An answer that comes when one is elsewhere already opens no list over what is there.
  if (!isOffered || result === null || context.view?.hasFocus === false) return null;
  // A list that is not whole is made anew with each letter, not narrowed down.
  return client.hasMoreMetrics ? { ...result, validFor: undefined } : result;
}

/** Whole queries, offered while the text is the beginning of one. */
export function pastQueries({ state, pos, explicit }: CompletionContext, history: readonly string[]): CompletionResult | null {
  const typed = state.sliceDoc(0, pos);
  if (pos !== state.doc.length || (typed.trim() === '' && !explicit)) return null;
  const queries = history.filter((query) => query !== typed);
  if (queries.length === 0) return null;
  return { from: 0, options: queries.map(asCompletion) };
}

function asCompletion(query: string): Completion {
  const line = query.replace(/\s+/g, ' ');
  const displayLabel = line.length > LONGEST_LABEL ? `${line.slice(0, LONGEST_LABEL)}…` : line;
  // Only where it says more than the list does.
  const info = displayLabel === query ? undefined : query;
  return { label: query, displayLabel, type: 'past-query', section: PAST, info };
}
