// `tributary check rules FILE...`: success or all problems of each file, and rules that stand there twice.
import { readFileSync } from 'node:fs';
import { checkRuleText, type ReadRuleFile, readRuleFile } from '../../rules/index.ts';
import { promqlFeaturesOf } from '../promql-features.ts';
import { type CheckRulesCommand, LINT_EXIT_CODE, type Report } from './command.ts';
import { duplicateRules, type Lint, parseLint } from './lint.ts';

const STANDARD_INPUT = 'standard input';

export interface Verdict {
  /** Something is wrong, or doubtful. */
  failed: boolean;
  /** Something is wrong. */
  hasErrors: boolean;
}

/** @returns the exit code @param readInput reads standard input */
export function checkRules(command: CheckRulesCommand, report: Report, readInput: () => string = () => readFileSync(0, 'utf8')): number {
  const lint = parseLint(command.lint, ['duplicate-rules'], report.say);
  const options = { features: promqlFeaturesOf(command.features), ignoreUnknownKeys: command.ignoreUnknownFields };
  const verdict: Verdict = { failed: false, hasErrors: false };
  if (command.files.length === 0)
    judgeRules(STANDARD_INPUT, checkRuleText(readInput(), STANDARD_INPUT, options), { lint, report, verdict });
  for (const file of command.files) judgeRules(file, readRuleFile(file, options), { lint, report, verdict });
  return exitCodeOf(verdict, command.lintFatal);
}

/** Says what there is to say of a rule file. */
export function judgeRules(
  file: string,
  { groups, problems }: ReadRuleFile,
  { lint, report, verdict }: { readonly lint: Lint; readonly report: Report; readonly verdict: Verdict },
): void {
  report.say(`Checking ${file}`);
  const doubts = problems.length === 0 && lint.duplicateRules ? duplicateRules(groups) : null;
  const told = doubts === null ? problems : [doubts];
  if (told.length > 0) {
    report.complain('  FAILED:');
    for (const problem of told) report.complain(problem);
    verdict.failed = true;
    if (doubts === null) verdict.hasErrors = true;
  } else {
    const count = groups.reduce((sum, { rules }) => sum + rules.length, 0);
    report.say(`  SUCCESS: ${count} rules found`);
  }
  report.say('');
}

/** What is doubtful fails a command only where that is asked for. */
export function exitCodeOf({ failed, hasErrors }: Verdict, lintFatal: boolean): number {
  if (hasErrors) return 1;
  return failed && lintFatal ? LINT_EXIT_CODE : 0;
}
