// `tributary check config FILE...`: success or all problems of each configuration and of the rule files that it names.
import { checkConfigFile, type Environment, GlobError, globFiles } from '../../config/index.ts';
import { targetProblems } from '../../discovery/index.ts';
import { quoteGo } from '../../model/index.ts';
import { alertmanagerProblems } from '../../notifier/index.ts';
import { readRuleFile } from '../../rules/index.ts';
import { promqlFeaturesOf } from '../promql-features.ts';
import { exitCodeOf, judgeRules, type Verdict } from './check-rules.ts';
import type { CheckConfigCommand, Report } from './command.ts';
import { parseLint, tooLongScrapeInterval } from './lint.ts';

/** @returns the exit code */
export function checkConfigs(command: CheckConfigCommand, env: Environment, report: Report): number {
  const { syntaxOnly, lookbackMs } = command;
  const options = { features: promqlFeaturesOf(command.features), ignoreUnknownKeys: command.ignoreUnknownFields };
  const lint = parseLint(command.lint, ['duplicate-rules', 'too-long-scrape-interval'], report.say);
  const verdict: Verdict = { failed: false, hasErrors: false };
  for (const file of command.files) {
    report.say(`Checking ${file}`);
    const { config, problems, warnings } = checkConfigFile(file, env, {
      syntaxOnly,
      job: targetProblems,
      alertmanager: alertmanagerProblems,
    });
    for (const warning of warnings) report.say(`  WARNING: ${warning}`);
    const named = syntaxOnly || config === null ? { files: [], problems: [] } : filesOf(config.ruleFiles);
    const told = [...problems, ...named.problems];
    if (told.length > 0) {
      report.complain('  FAILED:');
      for (const problem of told) report.complain(problem);
      verdict.failed = verdict.hasErrors = true;
    } else {
      if (named.files.length > 0) report.say(`  SUCCESS: ${named.files.length} rule files found`);
      report.say(` SUCCESS: ${file} is valid prometheus config file syntax`);
    }
    report.say('');
    if (syntaxOnly || config === null) continue;
    const tooLong = lint.tooLongScrapeInterval ? tooLongScrapeInterval(config.scrapeConfigs, lookbackMs) : null;
    if (tooLong !== null) {
      report.complain(`  FAILED: ${tooLong}`);
      verdict.failed = true;
    }
    for (const ruleFile of named.files) judgeRules(ruleFile, readRuleFile(ruleFile, options), { lint, report, verdict });
  }
  return exitCodeOf(verdict, command.lintFatal);
}

/** The rule files that there are. One that is named without a pattern must be there. */
function filesOf(patterns: readonly string[]): { readonly files: readonly string[]; readonly problems: readonly string[] } {
  const files = new Set<string>();
  const problems: string[] = [];
  for (const pattern of patterns) {
    try {
      const found = globFiles(pattern);
      for (const file of found) files.add(file);
      if (found.length === 0 && !pattern.includes('*')) problems.push(`${quoteGo(pattern)} does not point to an existing file`);
    } catch (error) {
      if (!(error instanceof GlobError)) throw error;
      problems.push(`error retrieving rule files for ${quoteGo(pattern)}: ${error.message}`);
    }
  }
  return { files: [...files], problems };
}
