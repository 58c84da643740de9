// /api/v1/alertmanagers: where alerts are sent.
import type { AlertmanagersAnswer } from '../answers/index.ts';
import type { ApiPorts } from './ports.ts';
import { type ApiRoute, get } from './route.ts';

export function alertmanagerRoutes({ alertmanagers }: Pick<ApiPorts, 'alertmanagers'>): ApiRoute[] {
  const shown = (urls: readonly string[]) => urls.map((url) => ({ url }));
  return [
    get('/alertmanagers', () => ({
      data: {
        activeAlertmanagers: shown(alertmanagers.active()),
        droppedAlertmanagers: shown(alertmanagers.dropped()),
      } satisfies AlertmanagersAnswer,
    })),
  ];
}
