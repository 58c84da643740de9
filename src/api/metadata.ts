// /api/v1/metadata: type, help and unit by metric name, as the targets tell them.
import type { MetadataAnswer, MetadataByName } from '../answers/index.ts';
import { countParameter } from './parameters.ts';
import type { ApiPorts } from './ports.ts';
import { type ApiRoute, get } from './route.ts';

export function metadataRoutes({ metadata }: Pick<ApiPorts, 'metadata'>): ApiRoute[] {
  return [
    get('/metadata', ({ params }) => {
      const limit = countParameter(params, 'limit');
      const perMetric = countParameter(params, 'limit_per_metric');
      const metric = params.get('metric') ?? '';
      const entries: [string, readonly MetadataAnswer[]][] = [];
      for (const [name, list] of metadata.byName(metric === '' ? undefined : metric)) {
        if (limit >= 0 && entries.length >= limit) break;
        const shown = perMetric > 0 ? list.slice(0, perMetric) : list;
        entries.push([name, shown.map(({ type, help, unit }) => ({ type, help, unit }))]);
      }
      return { data: Object.fromEntries(entries) satisfies MetadataByName };
    }),
  ];
}
