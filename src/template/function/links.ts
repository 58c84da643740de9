// Links to an expression's table and graph in the web interface, below the external URL.

import { escapeQuery } from './escape.ts';

export function tableLink(expression: string): string {
  return `/graph?g0.expr=${escapeQuery(expression)}&g0.tab=1`;
}

export function graphLink(expression: string): string {
  return `/graph?g0.expr=${escapeQuery(expression)}&g0.tab=0`;
}
