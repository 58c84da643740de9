// A recording rule: the series that it writes.
import type { RuleAppender } from './rule-appender.ts';
import { RuleSeries } from './rule-series.ts';
import type { RecordingSpec } from './rule-spec.ts';
import { RuleStatus } from './rule-status.ts';

export class RecordingRule {
  readonly kind = 'recording';
  readonly spec: RecordingSpec;
  readonly status = new RuleStatus();
  series: RuleSeries;

  constructor(spec: RecordingSpec, appender: RuleAppender) {
    this.spec = spec;
    this.series = new RuleSeries(appender);
  }

  /** Takes the series of a rule over that this one replaces. */
  adopt(before: RecordingRule): void {
    const own = this.series;
    this.series = before.series;
    before.series = own;
  }
}
