// The address of the query page of a source, for the same expression over the same time.
import type { FederationOrigin } from '../../src/answers/index.ts';
import { webUrl as urlOf } from '../format/web-url.ts';
import { type PanelState, queryLink } from '../query/panel-address.ts';
import { type Origin, sourceExpression } from './source-expression.ts';

export type Shown = Pick<PanelState, 'tab' | 'rangeMs' | 'endMs'>;

/** Null where the source's pages are not known. */
export function sourceAddress(expr: string, origin: Origin & Pick<FederationOrigin, 'webUrl'>, shown: Shown): string | null {
  return addressThere(origin.webUrl, sourceExpression(expr, origin), shown);
}

/** For an expression in the source's own words, such as that of one of its rules. */
export function addressThere(webUrl: string, expr: string, { tab, rangeMs, endMs }: Shown): string | null {
  const url = urlOf(webUrl);
  return url === null ? null : url.origin + url.pathname.replace(/\/+$/, '') + queryLink({ expr, tab, rangeMs, endMs });
}
