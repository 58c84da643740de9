// Relabelling: rules of the configuration applied in order to a label set, for targets (relabel_configs) and for samples
// (metric_relabel_configs). An empty value and an absent label are the same. Rules come validated from the configuration.
// Behaviour: Prometheus 3.x model/relabel. Runs once for a new series, never in the steady state.

import { createHash } from 'node:crypto';
import { compareUtf8, type Label, type Labels } from './labels.ts';
import { lowerCase, upperCase } from './letter-case.ts';
import { isValidUtf8 } from './quote.ts';
import { type AnchoredRegexp, compileRegexp } from './regexp.ts';

export const RELABEL_ACTIONS = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
] as const;
export type RelabelAction = (typeof RELABEL_ACTIONS)[number];

export interface RelabelRule {
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  readonly regex: AnchoredRegexp;
  /** 0 when the rule has none. */
  readonly modulus: number;
  readonly targetLabel: string;
  readonly replacement: string;
  readonly action: RelabelAction;
}

/** What a rule says where it says nothing. The object is the default itself: `rule.regex === DEFAULT_RELABEL_RULE.regex` means "none given". */
export const DEFAULT_RELABEL_RULE: RelabelRule = Object.freeze({
  sourceLabels: Object.freeze([]) as readonly string[],
  separator: ';',
  regex: compileRegexp('(.*)'),
  modulus: 0,
  targetLabel: '',
  replacement: '$1',
  action: 'replace',
});

/**
 * The relabelled labels, sorted and without empty values, or null when a rule drops them. `labels` itself is returned
 * where no rule changed anything.
 */
export function relabel(labels: Labels, rules: readonly RelabelRule[]): Labels | null {
  if (rules.length === 0) return labels;
  const builder = new LabelsBuilder(labels);
  for (const rule of rules) {
    if (!applyRule(rule, builder)) return null;
  }
  return builder.labels();
}

export interface RelabelStep {
  readonly rule: RelabelRule;
  /** After the rule; null from the rule on that drops them. */
  readonly labels: Labels | null;
}

/** What each rule makes of the labels. That of the last one is what relabel() gives. */
export function relabelSteps(labels: Labels, rules: readonly RelabelRule[]): RelabelStep[] {
  const builder = new LabelsBuilder(labels);
  let isKept = true;
  return rules.map((rule) => {
    isKept &&= applyRule(rule, builder);
    return { rule, labels: isKept ? builder.labels() : null };
  });
}

/** False when the rule drops the label set. */
function applyRule(rule: RelabelRule, builder: LabelsBuilder): boolean {
  const value = rule.sourceLabels.map((name) => builder.get(name)).join(rule.separator);
  switch (rule.action) {
    case 'drop':
      return !rule.regex.matches(value);
    case 'keep':
      return rule.regex.matches(value);
    case 'dropequal':
      return builder.get(rule.targetLabel) !== value;
    case 'keepequal':
      return builder.get(rule.targetLabel) === value;
    case 'replace':
      replace(rule, value, builder);
      return true;
    case 'lowercase':
      builder.set(rule.targetLabel, lowerCase(value));
      return true;
    case 'uppercase':
      builder.set(rule.targetLabel, upperCase(value));
      return true;
    case 'hashmod':
      builder.set(rule.targetLabel, hashModulo(value, rule.modulus));
      return true;
    case 'labelmap':
      for (const [name, labelValue] of builder.snapshot()) {
        const mapped = rule.regex.expand(name, rule.replacement);
        if (mapped !== null) builder.set(mapped, labelValue);
      }
      return true;
    case 'labeldrop':
      for (const [name] of builder.snapshot()) if (rule.regex.matches(name)) builder.delete(name);
      return true;
    case 'labelkeep':
      for (const [name] of builder.snapshot()) if (!rule.regex.matches(name)) builder.delete(name);
      return true;
  }
}

/** The target label may itself be a template; where it expands to no label name the rule does nothing. */
function replace(rule: RelabelRule, value: string, builder: LabelsBuilder): void {
  const target = rule.regex.expand(value, rule.targetLabel);
  if (target === null || target === '' || !isValidUtf8(target)) return;
  builder.set(target, rule.regex.expand(value, rule.replacement) ?? '');
}

/** The last 8 bytes of the MD5 as a big-endian number, modulo `modulus`. */
function hashModulo(value: string, modulus: number): string {
  const digest = createHash('md5').update(value).digest();
  return (digest.readBigUInt64BE(8) % BigInt(modulus)).toString();
}

/**
 * Labels being changed. Those that a rule has set come after the others, in the order of their first setting, which
 * decides who wins when labelmap maps two names to one.
 */
class LabelsBuilder {
  readonly #original: Labels;
  readonly #base = new Map<string, string>();
  readonly #added = new Map<string, string>();
  #changed = false;

  constructor(labels: Labels) {
    this.#original = labels;
    for (const [name, value] of labels) {
      if (value === '') this.#changed = true;
      else this.#base.set(name, value);
    }
  }

  get(name: string): string {
    return this.#added.get(name) ?? this.#base.get(name) ?? '';
  }

  set(name: string, value: string): void {
    if (value === '') {
      this.delete(name);
      return;
    }
    if (this.get(name) !== value) this.#changed = true;
    this.#base.delete(name);
    this.#added.set(name, value);
  }

  delete(name: string): void {
    const had = this.#base.delete(name);
    if (this.#added.delete(name) || had) this.#changed = true;
  }

  snapshot(): Label[] {
    return [...this.#base, ...this.#added];
  }

  labels(): Labels {
    if (!this.#changed) return this.#original;
    return this.snapshot().sort((a, b) => compareUtf8(a[0], b[0]));
  }
}
