// An expression of this server as its source has to be asked for it. On the way up, the source put its external labels on its series, and
// the scrape without honor_labels put `job` and `instance` on them and kept their own as `exported_job` and `exported_instance`: matchers and
// groupings are turned back to what the series have there.
import type { FederationOrigin } from '../../src/answers/index.ts';
import { Matcher } from '../../src/model/index.ts';
import {
  type Expr,
  parseExpr,
  prettyPrint,
  type VectorMatching,
  type VectorSelector,
  WHOLE_LANGUAGE,
} from '../../src/promql/parser/index.ts';

export type Origin = Pick<FederationOrigin, 'job' | 'instance' | 'externalLabels' | 'honorLabels'>;

/** A text that does not parse, and one that means the same there, stays as it is written. */
export function sourceExpression(text: string, origin: Origin): string {
  const expr = parsed(text);
  if (expr === null) return text;
  const there = rebuilt(expr, origin);
  return there === expr ? text : prettyPrint(there);
}

/** Null where the text is no PromQL. */
export function parsed(text: string): Expr | null {
  try {
    return parseExpr(text, WHOLE_LANGUAGE);
  } catch {
    return null;
  }
}

/** The same node where nothing in it changes. */
function rebuilt(expr: Expr, origin: Origin): Expr {
  switch (expr.kind) {
    case 'vectorSelector':
      return selectorThere(expr, origin);
    case 'matrixSelector': {
      const selector = selectorThere(expr.selector, origin);
      return selector === expr.selector ? expr : { ...expr, selector };
    }
    case 'subquery':
    case 'unary':
    case 'paren': {
      const inner = rebuilt(expr.expr, origin);
      return inner === expr.expr ? expr : { ...expr, expr: inner };
    }
    case 'call': {
      const args = same(
        expr.args,
        expr.args.map((arg) => rebuilt(arg, origin)),
      );
      return args === expr.args ? expr : { ...expr, args };
    }
    case 'aggregate': {
      const inner = rebuilt(expr.expr, origin);
      const param = expr.param === null ? null : rebuilt(expr.param, origin);
      const grouping = labelsThere(expr.grouping, origin);
      return inner === expr.expr && param === expr.param && grouping === expr.grouping ? expr : { ...expr, expr: inner, param, grouping };
    }
    case 'binary': {
      const lhs = rebuilt(expr.lhs, origin);
      const rhs = rebuilt(expr.rhs, origin);
      const matching = expr.matching === null ? null : matchingThere(expr.matching, origin);
      return lhs === expr.lhs && rhs === expr.rhs && matching === expr.matching ? expr : { ...expr, lhs, rhs, matching };
    }
    default:
      return expr;
  }
}

function matchingThere(matching: VectorMatching, origin: Origin): VectorMatching {
  const labels = labelsThere(matching.labels, origin);
  const include = labelsThere(matching.include, origin);
  return labels === matching.labels && include === matching.include ? matching : { ...matching, labels, include };
}

function labelsThere(labels: readonly string[], origin: Origin): readonly string[] {
  if (origin.honorLabels) return labels;
  // The target's job is one for all of the source: nothing is grouped by it there.
  const own = labels.filter((label) => label !== 'job' && label !== 'instance').map(ownName);
  return same(labels, [...new Set(own)]);
}

function selectorThere(selector: VectorSelector, origin: Origin): VectorSelector {
  const matchers = same(
    selector.matchers,
    selector.matchers.flatMap((matcher) => matcherThere(matcher, origin)),
  );
  if (matchers === selector.matchers) return selector;
  // A selector of everything has to say so.
  const complete = matchers.some((matcher) => !matcher.matches('')) ? matchers : [...matchers, new Matcher('__name__', '=~', '.+')];
  return { ...selector, matchers: complete };
}

function matcherThere(matcher: Matcher, origin: Origin): Matcher[] {
  const { name, op, value } = matcher;
  const put = putOn(name, origin);
  if (put !== null) {
    if (matcher.matches(put)) return [];
    // No series of the source is meant. There, where the label is missing, this must not turn into all of them.
    return [matcher.matches('') ? new Matcher(name, '=~', '.+') : matcher];
  }
  if (origin.honorLabels || ownName(name) === name) return [matcher];
  return [new Matcher(ownName(name), op, value)];
}

/** The value that the label got on the way; null where it is the series' own. */
function putOn(label: string, { job, instance, externalLabels, honorLabels }: Origin): string | null {
  if (!honorLabels && label === 'job') return job;
  if (!honorLabels && label === 'instance') return instance;
  return Object.hasOwn(externalLabels, label) ? externalLabels[label] : null;
}

const ownName = (label: string): string =>
  label === 'exported_job' || label === 'exported_instance' ? label.slice('exported_'.length) : label;

/** `before` where both hold the same, so that what has not changed can be told by identity. */
function same<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return before.length === after.length && before.every((item, i) => item === after[i]) ? before : after;
}
