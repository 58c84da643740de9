// /api/v1/targets/relabel_steps: what a pool's rules make of a target's labels, rule by rule. Keys and sentences are Prometheus's (web/api/v1).
import type { RelabelRuleAnswer, RelabelStepsAnswer } from '../answers/index.ts';
import { isValidUtf8, type Labels, labelsOf, quoteGo, type RelabelRule, relabelSteps } from '../model/index.ts';
import { objectOf } from './answers.ts';
import { badData } from './errors.ts';
import type { ApiPorts } from './ports.ts';
import { type ApiRoute, get } from './route.ts';

export function relabelStepRoutes({ targets }: Pick<ApiPorts, 'targets'>): ApiRoute[] {
  return [
    get('/targets/relabel_steps', ({ params }) => {
      const pool = params.get('scrapePool') ?? '';
      if (pool === '') throw badData('no scrapePool parameter provided');
      const text = params.get('labels') ?? '';
      if (text === '') throw badData('no labels parameter provided');
      const labels = labelsIn(text);
      const rules = targets.relabelRules(pool);
      if (rules === null) throw badData(`error retrieving scrape config: scrape pool ${quoteGo(pool)} not found`);
      const steps = relabelSteps(labels, rules).map(({ rule, labels: output }) => ({
        rule: shownRule(rule),
        output: output === null ? {} : objectOf(output),
        keep: output !== null,
      }));
      return { data: { steps } satisfies RelabelStepsAnswer };
    }),
  ];
}

function labelsIn(text: string): Labels {
  const wrong = (message: string) => badData(`error parsing labels: ${message}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong((error as Error).message);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('got no JSON object, want label names and values');
  const record: Record<string, string> = Object.create(null);
  for (const [name, label] of Object.entries(value)) {
    if (typeof label !== 'string') throw wrong(`got a value of ${quoteGo(name)} that is no string`);
    if (!isValidUtf8(name) || !isValidUtf8(label)) throw wrong(`got text of ${quoteGo(name)} that is no UTF-8`);
    record[name] = label;
  }
  return labelsOf(record);
}

/** As the configuration has it, in the order of Prometheus's keys; what is at its zero is left out. */
function shownRule(rule: RelabelRule): RelabelRuleAnswer {
  return {
    ...(rule.sourceLabels.length > 0 && { source_labels: rule.sourceLabels }),
    ...(rule.separator !== '' && { separator: rule.separator }),
    regex: rule.regex.pattern,
    ...(rule.modulus !== 0 && { modulus: rule.modulus }),
    ...(rule.targetLabel !== '' && { target_label: rule.targetLabel }),
    ...(rule.replacement !== '' && { replacement: rule.replacement }),
    action: rule.action,
  };
}
