// What can be asked about rules on the command line: whether rule files are right, and whether rules do what their tests expect.

/** Exit code for rules that are doubtful, where that is to be fatal. Source: lintErrExitCode of promtool. */
export const LINT_EXIT_CODE = 3;

/** What every command is given of the language. */
interface FeatureOptions {
  /** Names of --enable-feature. */
  readonly features: readonly string[];
}

interface LintOptions extends FeatureOptions {
  /** As it was given: names with commas between them. */
  readonly lint: string;
  readonly lintFatal: boolean;
  readonly ignoreUnknownFields: boolean;
}

export interface CheckRulesCommand extends LintOptions {
  readonly verb: 'check-rules';
  /** None: standard input. */
  readonly files: readonly string[];
}

export interface CheckConfigCommand extends LintOptions {
  readonly verb: 'check-config';
  readonly files: readonly string[];
  readonly syntaxOnly: boolean;
  readonly lookbackMs: number;
}

export interface TestRulesCommand extends FeatureOptions {
  readonly verb: 'test-rules';
  readonly files: readonly string[];
  /** Regular expressions: only tests whose names match one of them are run; none: all. */
  readonly run: readonly string[];
  readonly diff: boolean;
  readonly debug: boolean;
  readonly ignoreUnknownFields: boolean;
  /** Where the results go as JUnit XML; null: nowhere. */
  readonly junit: string | null;
}

export type RuleCommand = CheckRulesCommand | CheckConfigCommand | TestRulesCommand;

/** Where a command says what it finds: what is well on standard output, what is not on the other, as promtool does. */
export interface Report {
  /** A line. */
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** Why a command could not do what it was asked, in a sentence for the user. */
export class RuleCommandError extends Error {
  readonly code = 'rule_command';
  override name = 'RuleCommandError';
}
