// The tokens of PromQL and how error messages name them. A token's kind is the word or sign itself where it can be
// only one (`offset`, `sum`, `=~`), and a class in words where its text varies (`identifier`, `string`).

import { quoteGo, utf8Length } from '../../model/index.ts';

const OPERATOR_WORDS = ['and', 'or', 'unless', 'atan2'] as const;
const OPERATOR_SIGNS = ['+', '-', '*', '/', '%', '^', '==', '!=', '<', '<=', '>', '>=', '</', '>/', '=~', '!~', '@'] as const;
export const AGGREGATORS = [
  'avg',
  'bottomk',
  'count',
  'count_values',
  'group',
  'limit_ratio',
  'limitk',
  'max',
  'min',
  'quantile',
  'stddev',
  'stdvar',
  'sum',
  'topk',
] as const;
/** The signs and words between two operands or a label and its value, and `@`. */
export const OPERATORS: readonly string[] = [...OPERATOR_WORDS, ...OPERATOR_SIGNS.filter((sign) => sign !== '</' && sign !== '>/')];
const KEYWORDS = [
  'anchored',
  'bool',
  'by',
  'fill',
  'fill_left',
  'fill_right',
  'group_left',
  'group_right',
  'ignoring',
  'offset',
  'on',
  'smoothed',
  'without',
] as const;
const PREPROCESSORS = ['start', 'end', 'step', 'range', 'min_of', 'max_of'] as const;
const PUNCTUATION = ['(', ')', '{', '}', '[', ']', ',', '=', ':', '::'] as const;
const CLASSES = ['identifier', 'metric identifier', 'string', 'number', 'duration', 'end of input'] as const;

export type Aggregator = (typeof AGGREGATORS)[number];

export type TokenKind =
  | (typeof OPERATOR_WORDS)[number]
  | (typeof OPERATOR_SIGNS)[number]
  | (typeof AGGREGATORS)[number]
  | (typeof KEYWORDS)[number]
  | (typeof PREPROCESSORS)[number]
  | (typeof PUNCTUATION)[number]
  | (typeof CLASSES)[number];

export interface Token {
  readonly kind: TokenKind;
  /** Index of its first UTF-16 unit in the text. */
  readonly start: number;
  /** As written: a string with its quotes, a keyword in the case that the user chose. */
  readonly text: string;
}

const WORDS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ...[...OPERATOR_WORDS, ...AGGREGATORS, ...KEYWORDS, ...PREPROCESSORS].map((word): [string, TokenKind] => [word, word]),
  ['inf', 'number'],
  ['nan', 'number'],
]);
const OPERATOR_SET: ReadonlySet<string> = new Set<string>([...OPERATOR_WORDS, ...OPERATOR_SIGNS]);
const AGGREGATOR_SET: ReadonlySet<string> = new Set(AGGREGATORS);
const KEYWORD_SET: ReadonlySet<string> = new Set(KEYWORDS);
const CLASS_SET: ReadonlySet<string> = new Set(CLASSES);

/** Words that the grammar has a meaning for and that may name a metric all the same. */
const METRIC_NAME_KINDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'identifier',
  'metric identifier',
  ...AGGREGATORS,
  ...PREPROCESSORS,
  'and',
  'or',
  'unless',
  'anchored',
  'by',
  'offset',
  'smoothed',
  'without',
]);

/** Words that the grammar has a meaning for and that may be a label's name in a grouping all the same. */
const LABEL_NAME_KINDS: ReadonlySet<TokenKind> = new Set<TokenKind>([...METRIC_NAME_KINDS, ...KEYWORDS, 'atan2']);

/** Kind of a word outside braces, in whatever case it is written; undefined for an ordinary identifier. */
export function kindOfWord(word: string): TokenKind | undefined {
  return WORDS.get(word.toLowerCase());
}

export function mayNameMetric(kind: TokenKind): boolean {
  return METRIC_NAME_KINDS.has(kind);
}

export function mayNameLabel(kind: TokenKind): boolean {
  return LABEL_NAME_KINDS.has(kind);
}

export function isAggregator(kind: TokenKind): kind is Aggregator {
  return AGGREGATOR_SET.has(kind);
}

/** How Prometheus names the token in "unexpected …": `<op:==>`, `<aggr:sum>`, `<offset>`, `identifier "up"`, `","`. */
export function describeToken(token: Token): string {
  if (token.kind === 'end of input') return token.kind;
  if (token.kind === 'identifier' || token.kind === 'metric identifier') return `${token.kind} ${quoteGo(token.text)}`;
  if (KEYWORD_SET.has(token.kind)) return `<${token.text}>`;
  if (OPERATOR_SET.has(token.kind)) return `<op:${token.text}>`;
  if (AGGREGATOR_SET.has(token.kind)) return `<aggr:${token.text}>`;
  const text = utf8Length(token.text) > 10 ? `${quoteGo([...token.text].slice(0, 10).join(''))}...` : quoteGo(token.text);
  return CLASS_SET.has(token.kind) ? `${token.kind} ${text}` : text;
}
