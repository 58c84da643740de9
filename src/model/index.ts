// The model's door: what a label, a matcher, a regular expression, a duration and a relabelling rule are.

export { type Clock, systemClock } from './clock.ts';
export { DurationError, formatDuration, parseDuration } from './duration.ts';
export { FEDERATE, type FederateAddress, federateAddress } from './federate-address.ts';
export { formatExponent, formatG, formatOpenMetrics, formatPlain, parseGoFloat } from './go-number.ts';
export {
  compareLabels,
  compareUtf8,
  formatLabels,
  isClassicLabelName,
  isClassicMetricName,
  type Label,
  type Labels,
  labelsOf,
  labelValue,
} from './labels.ts';
export { lowerCase, upperCase } from './letter-case.ts';
export { type LogFields, type Logger, silentLogger } from './logger.ts';
export { isLoopback } from './loopback.ts';
export { Matcher, type MatchOp } from './matcher.ts';
export { type Pull, type PullColumns, PullHistory } from './pull-history.ts';
export { chooseEncoding, parseQualityList, type WeightedEntry } from './quality-list.ts';
export { GO_LETTER_ESCAPES, isValidUtf8, quoteGo, quoteRune } from './quote.ts';
export { type AnchoredRegexp, compileRegexp, RegexpError } from './regexp.ts';
export { compileSearch, type SearchRegexp } from './regexp-search.ts';
export {
  DEFAULT_RELABEL_RULE,
  RELABEL_ACTIONS,
  type RelabelAction,
  type RelabelRule,
  type RelabelStep,
  relabel,
  relabelSteps,
} from './relabel.ts';
export { addInterval, type TimeInterval } from './time-interval.ts';
export { utf8Bytes, utf8Length, utf8Text } from './utf8.ts';
