// Which rules of a group may be evaluated at once: a rule sees the results of those before it, so it must wait for those whose series it may
// look at, and for no others. A wave is a run of rules, in the group's order, of which none looks at what another of them brings.
// Nothing changes by it: what a rule reads of a later one is from the evaluation before, in a wave as one after the other.
import type { Matcher } from '../model/index.ts';
import { parseExpr, type ReadSeries, seriesReadBy, WHOLE_LANGUAGE } from '../promql/index.ts';
import type { RuleSpec } from './rule-spec.ts';

const ALERT_NAMES = ['ALERTS', 'ALERTS_FOR_STATE'];
/** Of a template that may ask a query, which may look at anything. */
const ASKS = /\bquery\b/;

/** What is known of the series that a rule brings. */
interface Outcome {
  readonly names: readonly string[];
  /** Labels that all of them have. Others they may have or not, with any value. */
  readonly labels: ReadonlyMap<string, string>;
}

/** The indices of the rules, wave by wave. */
export function wavesOf(rules: readonly RuleSpec[]): readonly (readonly number[])[] {
  const waves: number[][] = [];
  let wave: number[] = [];
  let outcomes = new Outcomes();
  for (const [i, rule] of rules.entries()) {
    if (wave.length > 0 && outcomes.mayBeReadBy(rule)) {
      waves.push(wave);
      wave = [];
      outcomes = new Outcomes();
    }
    wave.push(i);
    outcomes.add(outcomeOf(rule));
  }
  if (wave.length > 0) waves.push(wave);
  return waves;
}

function outcomeOf(rule: RuleSpec): Outcome {
  if (rule.kind === 'recording') return { names: [rule.name], labels: new Map(rule.labels) };
  const fixed = rule.labels.filter(([, value]) => !value.includes('{{'));
  return { names: ALERT_NAMES, labels: new Map([...fixed, ['alertname', rule.name]]) };
}

/** Those of a wave. */
class Outcomes {
  readonly #byName = new Map<string, Outcome[]>();

  add(outcome: Outcome): void {
    for (const name of outcome.names) {
      const same = this.#byName.get(name);
      if (same === undefined) this.#byName.set(name, [outcome]);
      else same.push(outcome);
    }
  }

  mayBeReadBy(rule: RuleSpec): boolean {
    const { selectors, others } = readBy(rule);
    return others || selectors.some((matchers) => this.#has(matchers));
  }

  #has(matchers: readonly Matcher[]): boolean {
    const ofName = matchers.filter(({ name }) => name === '__name__');
    const rest = matchers.filter(({ name }) => name !== '__name__');
    // Nearly every selector names its metric.
    const exact = ofName.find(({ op }) => op === '=');
    const names = exact === undefined ? this.#byName.keys() : [exact.value];
    for (const name of names) {
      if (!ofName.every((matcher) => matcher.matches(name))) continue;
      if ((this.#byName.get(name) ?? []).some((outcome) => mayMatch(rest, outcome))) return true;
    }
    return false;
  }
}

function mayMatch(matchers: readonly Matcher[], { labels }: Outcome): boolean {
  return matchers.every((matcher) => {
    const value = labels.get(matcher.name);
    return value === undefined || matcher.matches(value);
  });
}

function readBy(rule: RuleSpec): ReadSeries {
  if (rule.kind === 'alerting') {
    const templates = [...rule.labels, ...rule.annotations];
    if (templates.some(([, template]) => template.includes('{{') && ASKS.test(template))) return { selectors: [], others: true };
  }
  return seriesReadBy(parseExpr(rule.query, WHOLE_LANGUAGE));
}
