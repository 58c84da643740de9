// /api/v1/status/… and /api/v1/features: what this server is and can, how it was started and what it holds.
import type { BlocksAnswer, ConfigAnswer } from '../answers/index.ts';
import { badData } from './errors.ts';
import type { ApiPorts } from './ports.ts';
import { type ApiRoute, get } from './route.ts';

const MAX_ENTRIES = 10_000;

export function statusRoutes({ status, tsdbStatus }: Pick<ApiPorts, 'status' | 'tsdbStatus'>): ApiRoute[] {
  return [
    get('/features', () => ({ data: status.features })),
    get('/status/config', () => ({ data: { yaml: status.configYaml() } satisfies ConfigAnswer })),
    get('/status/flags', () => ({ data: status.flags })),
    get('/status/buildinfo', () => ({ data: status.buildInfo })),
    get('/status/runtimeinfo', () => ({ data: status.runtimeInfo() })),
    { ...get('/notifications', () => ({ data: status.notifications() })), early: true },
    { ...get('/status/walreplay', () => ({ data: tsdbStatus.walReplay() })), early: true },
    get('/status/tsdb/blocks', async () => ({ data: { blocks: await tsdbStatus.blockMetas() } satisfies BlocksAnswer })),
    get('/status/tsdb', async ({ params }) => {
      const text = params.get('limit') ?? '';
      const limit = text === '' ? 10 : Number(text);
      if (!Number.isInteger(limit) || limit < 1) throw badData('limit must be a positive number');
      if (limit > MAX_ENTRIES) throw badData(`limit must not exceed ${MAX_ENTRIES}`);
      return { data: await status.head(limit) };
    }),
  ];
}
