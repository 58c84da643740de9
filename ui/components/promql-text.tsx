// An expression with the colours of its parts, where it is read and not written.
import { highlightTree, styleTags, tagHighlighter, tags } from '@lezer/highlight';
import { parser } from '@prometheus-io/lezer-promql';
import { memo, type ReactNode, useMemo } from 'react';
import { parseExpr, prettyPrint, WHOLE_LANGUAGE } from '../../src/promql/parser/index.ts';
import classes from './promql-text.module.css';

const AGGREGATORS = 'Avg Bottomk Count CountValues Group LimitK LimitRatio Max Min Quantile Stddev Stdvar Sum Topk';
const MODIFIERS =
  'By Without Ignoring On GroupLeft GroupRight Offset Bool And Or Unless AtStart AtEnd Smoothed Anchored Fill FillLeft FillRight';

const highlighted = parser.configure({
  props: [
    styleTags({
      LineComment: tags.comment,
      'StringLiteral QuotedLabelName': tags.string,
      'NumberDurationLiteral NumberDurationLiteralInDurationContext inf nan': tags.number,
      'LabelName UnquotedLabelMatcher/LabelName': tags.labelName,
      'FunctionIdentifier/...': tags.function(tags.variableName),
      'StartFn EndFn': tags.function(tags.variableName),
      [AGGREGATORS]: tags.operatorKeyword,
      [MODIFIERS]: tags.modifier,
    }),
  ],
});

const highlighter = tagHighlighter([
  { tag: tags.comment, class: classes.comment },
  { tag: tags.string, class: classes.string },
  { tag: tags.number, class: classes.number },
  { tag: tags.labelName, class: classes.label },
  { tag: tags.function(tags.variableName), class: classes.function },
  { tag: tags.operatorKeyword, class: classes.keyword },
  { tag: tags.modifier, class: classes.keyword },
]);

/** Longer ones are shown as they are: the colours of a megabyte help nobody. */
const LONGEST = 20_000;

interface Props {
  readonly expr: string;
  /** On several lines, as it is best read; else as it is written. */
  readonly pretty?: boolean;
}

export const PromqlText = memo(function PromqlText({ expr, pretty = false }: Props) {
  const parts = useMemo(() => partsOf(pretty ? prettyOf(expr) : expr), [expr, pretty]);
  return <code className={pretty ? classes.block : classes.inline}>{parts}</code>;
});

/** What this parser does not know stays as it is written, and so does a comment, which no tree holds. */
function prettyOf(expr: string): string {
  if (expr.length > LONGEST || expr.includes('#')) return expr;
  try {
    return prettyPrint(parseExpr(expr, WHOLE_LANGUAGE));
  } catch {
    return expr;
  }
}

function partsOf(text: string): ReactNode {
  if (text.length > LONGEST) return text;
  const parts: ReactNode[] = [];
  let end = 0;
  highlightTree(highlighted.parse(text), highlighter, (from, to, style) => {
    if (from > end) parts.push(text.slice(end, from));
    parts.push(
      <span key={from} className={style}>
        {text.slice(from, to)}
      </span>,
    );
    end = to;
  });
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}
