// /api/v1/federation/preview and /api/v1/federation/origins: what a match[] would cost a server above, and which servers below some series came
// from. Not in Prometheus.
import { badData, invalidParameter } from './errors.ts';
import { booleanParameter, selectorParameter, selectorsOf } from './parameters.ts';
import type { ApiPorts } from './ports.ts';
import { type ApiRoute, getOrPost } from './route.ts';

/** Each is selected for itself, too. */
const MOST_SELECTORS = 100;

export function federationQuestionRoutes({ federationQuestions }: Pick<ApiPorts, 'federationQuestions'>): ApiRoute[] {
  return [
    getOrPost('/federation/preview', async ({ params, signal }) => {
      const texts = params.getAll('match[]');
      if (texts.length === 0) throw badData('no match[] parameter provided');
      if (texts.length > MOST_SELECTORS) throw badData(`too many selectors: got ${texts.length}, want at most ${MOST_SELECTORS}`);
      // As /federate takes them: also such as an absent label satisfies.
      const selectors = texts.map((text) => ({
        text,
        matchers: selectorParameter(text, (message) => invalidParameter('match[]', message)),
      }));
      return { data: await federationQuestions.preview(selectors, signal) };
    }),
    getOrPost('/federation/origins', async ({ params, signal }) => {
      if (!params.has('match[]')) throw badData('no match[] parameter provided');
      const selectors = selectorsOf(params, (message) => invalidParameter('match[]', message));
      const ask = { labels: booleanParameter(params, 'labels', true), rules: booleanParameter(params, 'rules') };
      const { origins, warnings } = await federationQuestions.origins(selectors, ask, signal);
      return { data: origins, warnings };
    }),
  ];
}
