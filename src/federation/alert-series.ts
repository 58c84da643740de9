// Whether a selector means the series of alerts, ALERTS and ALERTS_FOR_STATE. Each server of a tree tells of its own alerts, so a broad
// selector such as {job="x"} would have them told a second time, above: /federate leaves them out unless a selector speaks of them. It does
// so by a matcher on the name or on a label that only alerts have, if this takes neither the empty value nor every other one:
// {__name__=~".+"} is how all series are asked for.
import { compileRegexp, type Matcher } from '../model/index.ts';
import type { FederateRequest } from '../worker/index.ts';

/** What /federate does with alerts: leaves them out where no selector means them, or answers all that is selected, as Prometheus does. */
export const ALERT_CHOICES = ['auto', 'all'] as const;

export type AlertChoice = (typeof ALERT_CHOICES)[number];

/** As rules name them (Prometheus, rules/alerting.go). */
const ALERT_NAMES = ['ALERTS', 'ALERTS_FOR_STATE'];
const ALERT_LABELS = new Set(['__name__', 'alertname', 'alertstate']);

/**
 * A pattern that takes all of these takes everything, however it is written: `.+`, `(.+)`, `..*`, `[^$]+`. All are classic names, so that
 * `[a-zA-Z_:][a-zA-Z0-9_:]*` counts as every name, too.
 */
const ANY_NAME = ['a', 'Z', '_', ':', 'x9', 'node_cpu_seconds_total', 'job:http_requests:rate5m'];
/** The same for labels whose values may be any text. */
const ANY_TEXT = [...ANY_NAME, '9', '-', 'Disk will fill up', 'Größe 日本'];

/** Which names the answer leaves out, and which of the selectors have their series all the same; null: nothing is left out. */
export function alertsToLeaveOut(selectors: readonly (readonly Matcher[])[], choice: AlertChoice): FederateRequest['leftOut'] {
  if (choice === 'all') return null;
  const meantBy = selectors.flatMap((matchers, index) => (meansAlerts(matchers) ? [index] : []));
  return meantBy.length === selectors.length ? null : { names: ALERT_NAMES, meantBy };
}

/** Whether one of the matchers speaks of alerts: those of one match[]. */
export function meansAlerts(matchers: readonly Matcher[]): boolean {
  return matchers.some((matcher) => ALERT_LABELS.has(matcher.name) && !matcher.matches('') && !takesAllTexts(matcher));
}

/** Whether a matcher that refuses the empty value takes every other one. */
function takesAllTexts(matcher: Matcher): boolean {
  switch (matcher.op) {
    case '=':
      return false;
    case '!=':
      return true;
    case '=~':
      // A finite set names what it wants, be it `a|Z`.
      return matcher.setMatches === null && (matcher.name === '__name__' ? ANY_NAME : ANY_TEXT).every((text) => matcher.matches(text));
    case '!~': {
      // `|Watchdog` refuses the empty value and one more: that speaks of it.
      const refused = compileRegexp(matcher.value).setMatches;
      return refused?.every((text) => text === '') === true;
    }
  }
}
