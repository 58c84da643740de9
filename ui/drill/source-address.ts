// The address of the query page of a source, for the same expression over the same time.
import type { FederationOrigin } from '../../src/answers/index.ts';
import { webUrl as urlOf } from '../format/web-url.ts';
import { addressOf, DEFAULT_PANEL, type PanelState } from '../panels/panel-address.ts';
import { type Origin, sourceExpression } from './source-expression.ts';

export type Shown = Pick<PanelState, 'tab' | 'rangeMs' | 'endMs'>;

/** Null where the source's pages are not known. */
export function sourceAddress(expr: string, origin: Origin & Pick<FederationOrigin, 'webUrl'>, shown: Shown): string | null {
  return addressThere(origin.webUrl, sourceExpression(expr, origin), shown);
}

/**
 * For an expression in the source's own words, such as that of one of its rules. In the oldest form that there is, `/graph` and numbers for
 * tabs: a Prometheus 2 has no other, and newer ones, as ours, understand it.
 */
export function addressThere(webUrl: string, expr: string, { tab, rangeMs, endMs }: Shown): string | null {
  const url = urlOf(webUrl);
  if (url === null) return null;
  const params = addressOf([{ ...DEFAULT_PANEL, expr, tab, rangeMs, endMs }]);
  params.set('g0.tab', tab === 'graph' ? '0' : '1');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/graph?${params}`;
}
