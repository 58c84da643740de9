// The entry of the thread that reads many rules: it answers some groups at a time, so that taking them in holds nobody up either.
import { parentPort, workerData } from 'node:worker_threads';
import { checkRuleText } from '../rules/index.ts';
import type { RulePiece, RuleReading } from './rule-reader.ts';

/** Of one message, at least: taking it in takes about a millisecond. */
const RULES_A_PIECE = 200;

if (parentPort === null) throw new Error('BUG: rules are read by a thread, which the configuration starts');
const { texts, features } = workerData as RuleReading;
for (const [index, { file, text }] of texts.entries()) {
  const { groups, problems } = checkRuleText(text, file, { features });
  let [from, rules] = [0, 0];
  for (const [i, group] of groups.entries()) {
    rules += group.rules.length;
    if (rules < RULES_A_PIECE) continue;
    parentPort.postMessage({ index, groups: groups.slice(from, i + 1), problems: [] } satisfies RulePiece);
    [from, rules] = [i + 1, 0];
  }
  parentPort.postMessage({ index, groups: groups.slice(from), problems } satisfies RulePiece);
}
