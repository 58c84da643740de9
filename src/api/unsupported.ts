// What Prometheus's API has and this server does not yet: rules and alerts are the empty lists of a server without rules (the configuration
// warns when it names some).
import { type ApiRoute, get } from './route.ts';

export function unsupportedRoutes(): ApiRoute[] {
  return [
    get('/rules', () => ({ data: { groups: [] } })),
    get('/alerts', () => ({ data: { alerts: [] } })),
    get('/alertmanagers', () => ({ data: { activeAlertmanagers: [], droppedAlertmanagers: [] } })),
  ];
}
