// All groups of rules: begun, kept, replaced and ended as the configuration has them. What a reload leaves as it was goes on undisturbed.
import type { MetricRegistry } from '../metrics/index.ts';
import { type Clock, compareUtf8, systemClock } from '../model/index.ts';
import type { Appender } from '../storage/index.ts';
import { GroupLoop } from './group-loop.ts';
import { Lanes } from './lanes.ts';
import { RuleAppender } from './rule-appender.ts';
import { type GroupServices, RuleGroup } from './rule-group.ts';
import { type RuleMetrics, registerRuleMetrics } from './rule-metrics.ts';
import { groupKey, type RuleGroupSpec } from './rule-spec.ts';

export interface RuleSupervisorOptions extends Omit<GroupServices, 'appender' | 'clock' | 'lanes'> {
  readonly appender: Appender;
  readonly registry: MetricRegistry;
  readonly clock?: Clock;
  /** Parts of waves that are evaluated at once, beside one of each group. */
  readonly sharedLanes: number;
}

export interface RuleSettings {
  readonly groups: readonly RuleGroupSpec[];
  /** ms, of groups that have none of their own. */
  readonly evaluationIntervalMs: number;
  readonly queryOffsetMs: number;
}

/** Series of a group that is gone end after so many intervals: another group may have taken them over. */
const INTERVALS_BEFORE_END = 2;

export class RuleSupervisor {
  readonly #services: GroupServices;
  readonly #clock: Clock;
  readonly #metrics: RuleMetrics;
  #loops = new Map<string, GroupLoop>();
  /** Replacements and ends under way. */
  readonly #changes = new Set<Promise<void>>();
  readonly #waits = new Set<() => void>();
  #loaded = false;
  #stopped = false;

  constructor(options: RuleSupervisorOptions) {
    const { appender, registry, clock = systemClock, sharedLanes, ...services } = options;
    this.#services = { ...services, clock, appender: new RuleAppender(appender), lanes: new Lanes(sharedLanes) };
    this.#clock = clock;
    this.#metrics = registerRuleMetrics(registry);
  }

  /** By file and name. */
  get groups(): readonly RuleGroup[] {
    const groups = [...this.#loops.values()].map((loop) => loop.shown);
    return groups.sort((a, b) => compareUtf8(a.spec.file, b.spec.file) || compareUtf8(a.spec.name, b.spec.name));
  }

  apply({ groups, evaluationIntervalMs, queryOffsetMs }: RuleSettings): void {
    if (this.#stopped) return;
    const before = this.#loops;
    this.#loops = new Map();
    for (const spec of groups) {
      const options = {
        spec,
        intervalMs: spec.intervalMs || evaluationIntervalMs,
        queryOffsetMs: spec.queryOffsetMs ?? queryOffsetMs,
        restores: !this.#loaded,
      };
      const key = groupKey(spec);
      const old = before.get(key);
      before.delete(key);
      if (old !== undefined && isSame(old.group, options)) {
        this.#loops.set(key, old);
        continue;
      }
      const metrics = this.#metrics.group(key, { rules: spec.rules.length, intervalMs: options.intervalMs });
      const loop = new GroupLoop(new RuleGroup(options, this.#services, metrics), this.#clock, metrics);
      this.#loops.set(key, loop);
      if (old === undefined) loop.start();
      else {
        loop.replace(old);
        this.#change(loop.ready);
      }
    }
    for (const [key, old] of before) {
      this.#metrics.forget(key);
      this.#change(this.#end(old));
    }
    this.#loaded = true;
  }

  /** Nothing is evaluated any more; series are left as they are. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const end of this.#waits) end();
    await Promise.all([...this.#loops.values()].map((loop) => loop.stop()));
    await Promise.all(this.#changes);
    for (const { group } of this.#loops.values()) group.release();
  }

  /** Errors that nobody expects reach the process. */
  #change(change: Promise<void>): void {
    this.#changes.add(change);
    void change.finally(() => this.#changes.delete(change));
  }

  async #end(loop: GroupLoop): Promise<void> {
    const timeMs = this.#clock.wallMs();
    const { group } = loop;
    await loop.ready;
    await loop.stop();
    await new Promise<void>((resolve) => {
      if (this.#stopped) return resolve();
      const done = (): void => {
        cancel();
        this.#waits.delete(done);
        resolve();
      };
      const cancel = this.#clock.after(INTERVALS_BEFORE_END * group.intervalMs, done);
      this.#waits.add(done);
    });
    if (this.#stopped) group.release();
    else await group.end(timeMs);
  }
}

/** Where the rules stand in their file does not matter. */
function isSame(
  group: RuleGroup,
  options: { readonly spec: RuleGroupSpec; readonly intervalMs: number; readonly queryOffsetMs: number },
): boolean {
  return (
    group.intervalMs === options.intervalMs &&
    group.queryOffsetMs === options.queryOffsetMs &&
    meaningOf(group.spec) === meaningOf(options.spec)
  );
}

function meaningOf(spec: RuleGroupSpec): string {
  return JSON.stringify(spec, (key, value) => (key === 'place' ? undefined : value));
}
