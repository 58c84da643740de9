// `tributary test rules FILE...`: each file's tests, and all that is not as they expect. Exit code 0 or 1.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { Findings, GlobError, globFiles } from '../../config/index.ts';
import { compileSearch, RegexpError } from '../../model/index.ts';
import { type RuleGroupSpec, readRuleFile } from '../../rules/index.ts';
import { DELAYED_NAME_REMOVAL, promqlFeaturesOf } from '../promql-features.ts';
import { type Report, RuleCommandError, type TestRulesCommand } from './command.ts';
import { type JunitCase, type JunitSuite, junitXml } from './tests/junit.ts';
import { readTestFile, type TestFile } from './tests/test-file.ts';
import { type RunOptions, runTest } from './tests/test-run.ts';

interface Testing {
  readonly command: TestRulesCommand;
  readonly report: Report;
  readonly isWanted: (name: string) => boolean;
  readonly now: () => Date;
}

/** @returns the exit code @throws RuleCommandError */
export async function testRules(command: TestRulesCommand, report: Report, now: () => Date = () => new Date()): Promise<number> {
  const testing = { command, report, now, isWanted: wantedTests(command.run) };
  const junit = command.junit === null ? null : openForWriting(command.junit);
  const suites: JunitSuite[] = [];
  for (const file of command.files) {
    report.say(`Unit Testing:  ${file}`);
    const suite = await testFile(file, testing);
    suites.push(suite);
    const failures = suite.cases.flatMap((each) => [...each.failures, ...(each.error === '' ? [] : [each.error])]);
    if (failures.length === 0) report.say('  SUCCESS');
    else report.complain('  FAILED:');
    for (const failure of failures) {
      report.complain(failure);
      report.say('');
    }
    report.say('');
  }
  if (junit !== null) {
    writeSync(junit, junitXml(suites));
    closeSync(junit);
  }
  return suites.some(({ cases }) => cases.some(({ failures, error }) => failures.length > 0 || error !== '')) ? 1 : 0;
}

async function testFile(file: string, { command, report, isWanted, now }: Testing): Promise<JunitSuite> {
  let tests: TestFile;
  let ruleFiles: readonly string[];
  try {
    tests = readTests(file);
    ruleFiles = ruleFilesOf(tests, dirname(file), report);
  } catch (error) {
    if (!(error instanceof RuleCommandError)) throw error;
    return { name: file, timestamp: '', cases: [{ name: 'unknown', failures: [], error: error.message }] };
  }
  const language = {
    features: promqlFeaturesOf(command.features),
    delayedNameRemoval: command.features.includes(DELAYED_NAME_REMOVAL),
  };
  const read = ruleFiles.map((each) => readRuleFile(each, { features: language.features, ignoreUnknownKeys: command.ignoreUnknownFields }));
  const problems = read.flatMap((each) => each.problems);
  const options: RunOptions = {
    file: tests,
    groups: inOrder(
      read.flatMap(({ groups }) => groups),
      tests.groupOrder,
    ),
    language,
    diff: command.diff,
    debug: command.debug ? report.complain : null,
  };
  const timestamp = localTime(now());
  const cases: JunitCase[] = [];
  for (const [i, test] of tests.tests.entries()) {
    if (!isWanted(test.name)) continue;
    const name = test.name || `unnamed#${i}`;
    options.debug?.(`DEBUG: Starting test ${name}`);
    const started = performance.now();
    const failures = problems.length > 0 ? problems : await runTest(test, options);
    options.debug?.(`DEBUG: Test ${name} finished, took ${(performance.now() - started).toFixed(3)}ms`);
    cases.push({ name, failures, error: '' });
  }
  return { name: file, timestamp, cases };
}

/** @throws RuleCommandError */
function readTests(file: string): TestFile {
  let content: string;
  try {
    content = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'got bytes that are not UTF-8, want UTF-8' : message;
    throw new RuleCommandError(`cannot read test file ${file}: ${code === 'ENOENT' ? 'it does not exist' : why}`, { cause: error });
  }
  const findings = new Findings();
  const tests = readTestFile(content, file, findings);
  if (findings.problems.length > 0) throw new RuleCommandError(findings.problems.join('\n'));
  return tests;
}

/** @throws RuleCommandError */
function ruleFilesOf({ ruleFiles }: TestFile, folder: string, report: Report): string[] {
  const files = new Set<string>();
  for (const pattern of ruleFiles.map((each) => (each === '' || isAbsolute(each) ? each : join(folder, each)))) {
    try {
      const found = globFiles(pattern);
      if (found.length === 0) report.complain(`  WARNING: no file match pattern ${pattern}`);
      for (const file of found) files.add(file);
    } catch (error) {
      if (!(error instanceof GlobError)) throw error;
      throw new RuleCommandError(error.message, { cause: error });
    }
  }
  return [...files];
}

/** Those that are named in their order. The order of the others is nobody's business: that of the files. */
function inOrder(groups: readonly RuleGroupSpec[], order: readonly string[]): RuleGroupSpec[] {
  const rankOf = ({ name }: RuleGroupSpec) => Math.max(0, order.indexOf(name));
  return [...groups].sort((a, b) => rankOf(a) - rankOf(b));
}

/** @throws RuleCommandError */
function wantedTests(run: readonly string[]): (name: string) => boolean {
  if (run.length === 0) return () => true;
  try {
    const wanted = compileSearch(run.join('|'));
    return (name) => wanted.matches(name);
  } catch (error) {
    if (!(error instanceof RegexpError)) throw error;
    throw new RuleCommandError(`cannot read flag --run: ${error.message}`, { cause: error });
  }
}

/** @throws RuleCommandError */
function openForWriting(file: string): number {
  try {
    return openSync(file, 'w');
  } catch (error) {
    throw new RuleCommandError(`cannot write JUnit XML: ${(error as Error).message}`, { cause: error });
  }
}

/** Of this machine's clock, to the second. */
function localTime(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
