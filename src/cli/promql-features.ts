// The parts of PromQL that --enable-feature brings, by the names that Prometheus has for them.
import type { LanguageFeatures } from '../promql/index.ts';

const FEATURES: Readonly<Record<string, keyof LanguageFeatures>> = {
  'promql-experimental-functions': 'experimentalFunctions',
  'promql-duration-expr': 'durationExpressions',
  'promql-extended-range-selectors': 'extendedRangeSelectors',
  'promql-binop-fill-modifiers': 'fillModifiers',
};
export const DELAYED_NAME_REMOVAL = 'promql-delayed-name-removal';

/** Names of other features change nothing. */
export function promqlFeaturesOf(names: readonly string[]): LanguageFeatures {
  const has = (feature: keyof LanguageFeatures): boolean =>
    names.some((name) => Object.hasOwn(FEATURES, name) && FEATURES[name] === feature);
  return {
    experimentalFunctions: has('experimentalFunctions'),
    durationExpressions: has('durationExpressions'),
    extendedRangeSelectors: has('extendedRangeSelectors'),
    fillModifiers: has('fillModifiers'),
  };
}

export function isPromqlFeature(name: string): boolean {
  return name === DELAYED_NAME_REMOVAL || Object.hasOwn(FEATURES, name);
}
