// The questions about federation that query workers answer, as the API asks them.
import { ApiError, type FederationQuestions } from '../api/index.ts';
import { type FederatePreviewer, type OriginFinder, PreviewError } from '../federation/index.ts';
import { told } from './query-service.ts';

export function createFederationQuestions(previewer: FederatePreviewer, finder: OriginFinder): FederationQuestions {
  return {
    preview: (selectors, signal) => told(notRefused(previewer.preview(selectors, signal))),
    origins: (selectors, ask, signal) => told(finder.find(selectors, ask, signal)),
  };
}

async function notRefused<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof PreviewError ? new ApiError('unavailable', error.message, { cause: error }) : error;
  }
}
