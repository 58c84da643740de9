// Runs `tributary check …` and `tributary test rules …`. Exit code 1, and a sentence on standard error, when something is wrong with what was
// given.
import { isPromqlFeature } from '../promql-features.ts';
import { checkConfigs } from './check-config.ts';
import { checkRules } from './check-rules.ts';
import { type Report, type RuleCommand, RuleCommandError } from './command.ts';

const REPORT: Report = {
  say: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
};

/** @returns the exit code */
export async function runRuleCommand(command: RuleCommand, report: Report = REPORT): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  for (const name of command.features)
    if (!isPromqlFeature(name)) report.say(`  WARNING: Unknown feature passed to --enable-feature: ${name}`);
  try {
    switch (command.verb) {
      case 'check-rules':
        return checkRules(command, report);
      case 'check-config':
        return checkConfigs(command, process.env, report);
      case 'test-rules':
        // Brings the store, the engine and the kernel with it.
        return await (await import('./test-rules.ts')).testRules(command, report);
    }
  } catch (error) {
    if (!(error instanceof RuleCommandError)) throw error;
    report.complain(`tributary: ${error.message}`);
    return 1;
  }
}
