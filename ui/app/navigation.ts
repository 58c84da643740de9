// The pages and their addresses: Prometheus 3's where it has the page, so that links are shared.
import { type ComponentType, lazy } from 'react';

export interface Page {
  readonly path: string;
  readonly title: string;
  readonly content: ComponentType;
}

export const MAIN_PAGES: readonly Page[] = [
  { path: '/query', title: 'Query', content: lazy(() => import('../query/query-page.tsx')) },
  { path: '/federation', title: 'Federation', content: lazy(() => import('../federation/federation-page.tsx')) },
  { path: '/alerts', title: 'Alerts', content: lazy(() => import('../rules/alerts-page.tsx')) },
  { path: '/rules', title: 'Rules', content: lazy(() => import('../rules/rules-page.tsx')) },
  { path: '/targets', title: 'Targets', content: lazy(() => import('../targets/targets-page.tsx')) },
];

export const STATUS_PAGES: readonly Page[] = [
  { path: '/service-discovery', title: 'Service discovery', content: lazy(() => import('../targets/discovery-page.tsx')) },
  { path: '/alertmanager-discovery', title: 'Alertmanager discovery', content: lazy(() => import('../targets/alertmanagers-page.tsx')) },
  { path: '/tsdb-status', title: 'TSDB status', content: lazy(() => import('../status/tsdb-page.tsx')) },
  { path: '/status', title: 'Runtime & build', content: lazy(() => import('../status/status-page.tsx')) },
  { path: '/flags', title: 'Command-line flags', content: lazy(() => import('../status/flags-page.tsx')) },
  { path: '/config', title: 'Configuration', content: lazy(() => import('../status/config-page.tsx')) },
];

export const PAGES: readonly Page[] = [...MAIN_PAGES, ...STATUS_PAGES];
