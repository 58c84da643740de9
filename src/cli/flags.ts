// The command line: argv → what to do, with which flag values. commander splits the line, the values' kinds are ours.
// A flag that Prometheus refuses to see twice is refused here as well; `--flag=value`, `--flag value`, `--bool`, `--no-bool` all work.
import { Command, CommanderError, Option } from 'commander';
import { FEATURES, FLAGS, type FlagDefinition } from './flag-definitions.ts';
import { parseFlagValue, showFlagValue } from './flag-values.ts';
import type { PromqlCommand } from './promql-commands/command.ts';
import { addPromqlCommands, PROMQL_OPTIONS } from './promql-commands/command-line.ts';
import type { RuleCommand } from './rule-commands/command.ts';
import { addRuleCommands, RULE_OPTIONS } from './rule-commands/command-line.ts';
import type { TsdbCommand } from './tsdb-commands/command.ts';
import { addTsdbCommands, TSDB_OPTIONS } from './tsdb-commands/command-line.ts';

export class FlagError extends Error {
  readonly code = 'invalid_flag';
  override name = 'FlagError';
}

/** What the command line asks for. */
export type Invocation =
  | { readonly command: 'serve'; readonly flags: FlagValues }
  | { readonly command: 'demo'; readonly port: number }
  | { readonly command: 'tsdb'; readonly request: TsdbCommand }
  | { readonly command: 'promql'; readonly request: PromqlCommand }
  | { readonly command: 'rules'; readonly request: RuleCommand }
  | { readonly command: 'help'; readonly topic: 'serve' | 'other'; readonly text: string }
  | { readonly command: 'version' };

/** Options of commands: the server's flags do not know them, and their values are left where they stand. */
const COMMAND_OPTIONS: ReadonlySet<string> = new Set(['port', ...TSDB_OPTIONS, ...PROMQL_OPTIONS, ...RULE_OPTIONS]);
/** What may follow a word. */
const COMMAND_WORDS: Readonly<Record<string, string>> = {
  check: "'check config FILE...' or 'check rules FILE...'",
  tsdb: "'tsdb list', 'tsdb analyze', 'tsdb dump' or 'tsdb create-blocks-from openmetrics FILE'",
  query: "'query instant', 'query range', 'query series' or 'query labels'",
  promql: "'promql format QUERY' or 'promql parse QUERY'",
  test: "'test rules FILE...' or 'test promql FILE...'",
};
const BY_NAME: ReadonlyMap<string, FlagDefinition> = new Map(FLAGS.map((flag) => [flag.name, flag]));

/** The values of all flags, given or by default, checked by their kinds. */
export class FlagValues {
  readonly #given: ReadonlyMap<string, readonly string[]>;

  /** @throws FlagError for a value that its kind does not allow */
  constructor(given: ReadonlyMap<string, readonly string[]>) {
    this.#given = given;
    for (const [name, texts] of given) {
      for (const text of texts) {
        try {
          parseFlagValue(BY_NAME.get(name)!.kind, text);
        } catch (cause) {
          throw new FlagError(`cannot read flag --${name}: ${(cause as Error).message}`, { cause });
        }
      }
    }
  }

  text(name: string): string {
    return this.list(name).at(-1)!;
  }

  list(name: string): readonly string[] {
    const flag = this.#flag(name);
    return this.#given.get(name) ?? (flag.kind === 'list' ? flag.default.split(',') : [flag.default]);
  }

  /** Of number-like kinds: milliseconds, bytes or the number. */
  number(name: string): number {
    return Number(parseFlagValue(this.#flag(name).kind, this.text(name)));
  }

  boolean(name: string): boolean {
    return this.text(name) === 'true';
  }

  isGiven(name: string): boolean {
    return this.#given.has(name);
  }

  /** The names in --enable-feature. */
  features(): readonly string[] {
    return this.list('enable-feature').flatMap((list) => list.split(',').filter((name) => name !== ''));
  }

  /** Every flag with its value as Prometheus prints it, in the order of the names; `replaced` are values that the server worked out. */
  show(replaced: Readonly<Record<string, string>> = {}): Record<string, string> {
    const shown = FLAGS.map(({ name, kind }): [string, string] => {
      const separator = name.endsWith('protobuf-messages') ? ', ' : ',';
      const text = kind === 'list' ? this.list(name).join(separator) : showFlagValue(kind, this.text(name));
      return [name, replaced[name] ?? text];
    });
    return Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #flag(name: string): FlagDefinition {
    const flag = BY_NAME.get(name);
    if (flag === undefined) throw new Error(`BUG: there is no flag --${name}`);
    return flag;
  }
}

/** What is to be said about the flags that were given: an error for what must not be ignored, names for the one warning. */
export function reviewFlags(flags: FlagValues): {
  readonly unneeded: string[];
  readonly later: string[];
  readonly unknownFeatures: string[];
} {
  const review = { unneeded: [] as string[], later: [] as string[], unknownFeatures: [] as string[] };
  for (const { name, effect, default: byDefault, kind } of FLAGS) {
    if (effect === 'works' || !flags.isGiven(name)) continue;
    if (effect === 'refused') {
      if (showFlagValue(kind, flags.text(name)) === showFlagValue(kind, byDefault)) continue;
      throw new FlagError(`cannot use flag --${name}: it is not supported yet`);
    }
    review[effect].push(`--${name}`);
  }
  for (const feature of flags.features()) {
    const effect = FEATURES[feature];
    if (effect === 'refused') throw new FlagError(`cannot use --enable-feature=${feature}: it is not supported yet`);
    if (effect === undefined) review.unknownFeatures.push(feature);
    else if (effect !== 'works') review[effect].push(`--enable-feature=${feature}`);
  }
  return review;
}

function addFlags(command: Command, given: Map<string, string[]>): void {
  const take = (flag: FlagDefinition, value: string): void => {
    const values = given.get(flag.name) ?? [];
    if (values.length > 0 && flag.kind !== 'list') throw new FlagError(`flag '--${flag.name}' cannot be repeated`);
    given.set(flag.name, [...values, value]);
  };
  for (const flag of FLAGS) {
    if (flag.kind === 'boolean') {
      command.addOption(new Option(`--${flag.name}`, flag.help));
      command.addOption(new Option(`--no-${flag.name}`));
      command.on(`option:${flag.name}`, () => take(flag, 'true'));
      command.on(`option:no-${flag.name}`, () => take(flag, 'false'));
    } else {
      command.addOption(new Option(`--${flag.name} <value>`, flag.help));
      command.on(`option:${flag.name}`, (value: string) => take(flag, value));
    }
  }
}

/** `--bool=true` and `--bool=false` become `--bool` and `--no-bool`; an unknown flag loses its value, so that only its name is reported. */
function normalise(argv: readonly string[]): string[] {
  return argv.map((argument) => {
    const [, no, name, value] = /^--(no-)?([^=]+)=(.*)$/s.exec(argument) ?? [];
    if (name === undefined || COMMAND_OPTIONS.has(name)) return argument;
    const flag = BY_NAME.get(name);
    if (flag === undefined) return `--${no ?? ''}${name}`;
    if (flag.kind !== 'boolean' || (value !== 'true' && value !== 'false')) return argument;
    return (no === undefined) === (value === 'true') ? `--${name}` : `--no-${name}`;
  });
}

/**
 * Reads the arguments after the program's name.
 * @throws FlagError with one line that names the nearest known flag if there is one
 */
export function parseCommandLine(argv: readonly string[]): Invocation {
  const given = new Map<string, string[]>();
  let invocation: Invocation | null = null;
  let printed = '';
  const program = new Command('tributary').exitOverride().configureOutput({
    writeOut: (text) => {
      printed += text;
    },
    writeErr: () => undefined,
  });
  program.option('--version', 'Show the version.').action(() => {
    invocation = { command: 'serve', flags: new FlagValues(given) };
  });
  program.on('option:version', () => {
    invocation = { command: 'version' };
  });
  addFlags(program, given);
  const check = program.command('check').description('Check files.');
  const test = program.command('test').description('Run tests.');
  addRuleCommands(
    { check, test },
    (request) => {
      invocation = { command: 'rules', request };
    },
    () => new FlagValues(given),
  );
  program
    .command('demo')
    .description('Start a small tree of servers that federate, on this machine.')
    .option('--port <number>', 'Port of the global server; the others take the next ones.', '9090')
    .action(({ port }: { port: string }) => {
      if (!/^\d+$/.test(port) || Number(port) > 65_500)
        throw new FlagError(`cannot read flag --port: got ${JSON.stringify(port)}, want a port number`);
      invocation = { command: 'demo', port: Number(port) };
    });
  addTsdbCommands(
    program,
    (request) => {
      invocation = { command: 'tsdb', request };
    },
    (sentence) => new FlagError(sentence),
  );
  addPromqlCommands({ program, test }, (request) => {
    invocation = { command: 'promql', request };
  });
  for (const name of ['help-long', 'help-man']) program.addOption(new Option(`--${name}`).hideHelp());
  try {
    program.parse(normalise(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0)
      return { command: 'help', topic: printed.startsWith('Usage: tributary [options]') ? 'serve' : 'other', text: printed };
    if (error.code === 'commander.help') throw new FlagError(`missing command: want ${COMMAND_WORDS[argv[0]] ?? COMMAND_WORDS.check}`);
    throw new FlagError(error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '), { cause: error });
  }
  if (invocation === null) throw new Error('BUG: the command line asks for nothing');
  // --version wins over everything else, wherever it stands.
  if (argv.includes('--version')) return { command: 'version' };
  // Hidden, as in Prometheus, whose long help and manual page say the same.
  return argv.includes('--help-long') || argv.includes('--help-man') ? { command: 'help', topic: 'serve', text: '' } : invocation;
}
