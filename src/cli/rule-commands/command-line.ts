// `tributary check rules`, `check config` and `test rules` on the command line. Names and defaults are promtool's.
import { type Command, Option } from 'commander';
import type { RuleCommand } from './command.ts';

/** The options' names, whose values the server's flags do not know. */
export const RULE_OPTIONS = ['lint', 'lint-fatal', 'ignore-unknown-fields', 'syntax-only', 'run', 'diff', 'debug', 'junit'] as const;

/** Of the server's flags those that mean something here. */
interface ServerFlags {
  features(): readonly string[];
  number(name: 'query.lookback-delta'): number;
}

interface CheckOptions {
  readonly lint: string;
  readonly lintFatal: boolean;
  readonly ignoreUnknownFields: boolean;
}

interface TestOptions {
  readonly run: readonly string[];
  readonly diff: boolean;
  readonly debug: boolean;
  readonly ignoreUnknownFields: boolean;
}

const repeated = (text: string, before: readonly string[]): readonly string[] => [...before, text];

/** `ask` gets what was asked for. @param flags as they were given */
export function addRuleCommands(
  { check, test }: { readonly check: Command; readonly test: Command },
  ask: (command: RuleCommand) => void,
  flags: () => ServerFlags,
): void {
  const checks = (name: string, description: string, lints: string): Command =>
    check
      .command(name)
      .description(description)
      .option('--lint <names>', `What doubtful things to look for: ${lints}.`, 'duplicate-rules')
      .option('--lint-fatal', 'End with exit code 3 where there are any.', false)
      .option('--ignore-unknown-fields', 'Pass over keys of rule files that are not known.', false);
  checks(
    'config',
    'Check configuration files and the rule files that they name; exit code 0 or 1.',
    'all, duplicate-rules, none, too-long-scrape-interval',
  )
    .option('--syntax-only', 'Do not look at the files that it names.', false)
    .argument('<file...>')
    .action((files: string[], options: CheckOptions & { syntaxOnly: boolean }) =>
      ask({ verb: 'check-config', files, ...options, features: flags().features(), lookbackMs: flags().number('query.lookback-delta') }),
    );
  checks('rules', 'Check rule files; exit code 0 or 1.', 'all, duplicate-rules, none')
    .argument('[file...]', 'Standard input by default.')
    .action((files: string[], options: CheckOptions) => ask({ verb: 'check-rules', files, ...options, features: flags().features() }));
  // Promtool has it before the word as well.
  test.addOption(new Option('--junit <file>').hideHelp()).hook('preSubcommand', (_, command) => {
    if (command.name() !== 'rules' && test.opts().junit !== undefined) test.error("error: unknown option '--junit'");
  });
  test
    .command('rules')
    .description("Run unit tests of rules, in Prometheus's format: all that is not as expected is printed; exit code 0 or 1.")
    .option('--run <regex>', 'Run only tests whose names match; can be repeated.', repeated, [])
    .option('--diff', 'Print what differs between expected and received alerts and samples.', false)
    .option('--debug', 'Print what is done, and all samples of each test.', false)
    .option('--ignore-unknown-fields', 'Pass over keys of rule files that are not known.', false)
    .option('--junit <file>', 'Write the results as JUnit XML.')
    .argument('<file...>')
    .action((files: string[], options: TestOptions) =>
      ask({
        verb: 'test-rules',
        files,
        ...options,
        junit: (test.opts().junit as string | undefined) ?? null,
        features: flags().features(),
      }),
    );
}
