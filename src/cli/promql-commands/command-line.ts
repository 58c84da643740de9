// `tributary query …`, `tributary promql …` and `tributary test promql …` on the command line. Names and defaults are promtool's.
import { type Command, Option } from 'commander';
import type { PromqlCommand, ServerQuestion } from './command.ts';

/** The options' names, whose values the server's flags do not know. */
export const PROMQL_OPTIONS = ['time', 'start', 'end', 'step', 'match', 'format'] as const;

interface Times {
  readonly start?: string;
  readonly end?: string;
}

interface Format {
  readonly format: 'promql' | 'json';
}

const repeated = (text: string, before: readonly string[]): readonly string[] => [...before, text];

/** `ask` gets what was asked for. */
export function addPromqlCommands(
  { program, test }: { readonly program: Command; readonly test: Command },
  ask: (command: PromqlCommand) => void,
): void {
  addQueryCommands(program, (server, question, { format }) => ask({ verb: 'query', server, question, format }));
  const promql = program.command('promql').description('Print queries.');
  promql
    .command('format')
    .description('Print a query as it is best read.')
    .argument('<query>')
    .action((query: string) => ask({ verb: 'format', query }));
  promql
    .command('parse')
    .description('Print the tree of a query, as JSON.')
    .argument('<query>')
    .action((query: string) => ask({ verb: 'parse', query }));
  test
    .command('promql')
    .description('Run scripts of the PromQL test language: each evaluation that is not as expected is printed; exit code 0 or 1.')
    .argument('<file...>')
    .action((files: string[]) => ask({ verb: 'test', files }));
}

function addQueryCommands(program: Command, ask: (server: string, question: ServerQuestion, format: Format) => void): void {
  const query = program.command('query').description('Ask a server.');
  const add = (name: ServerQuestion['about'], description: string): Command =>
    query
      .command(name)
      .description(description)
      .addOption(new Option('-o, --format <format>', 'Output format.').choices(['promql', 'json']).default('promql'))
      .argument('<server>', 'URL of a Tributary or a Prometheus.');
  const times = (command: Command): Command =>
    command.option('--start <time>', 'Start (RFC 3339 or seconds).').option('--end <time>', 'End (RFC 3339 or seconds).');
  add('instant', 'Evaluate a query at one time.')
    .option('--time <time>', 'Time of evaluation (RFC 3339 or seconds); now by default.')
    .argument('<query>')
    .action((server: string, text: string, { time, format }: { time?: string } & Format) =>
      ask(server, { about: 'instant', query: text, time: time ?? null }, { format }),
    );
  times(add('range', 'Evaluate a query over a time range; over the last five minutes by default.'))
    .option('--step <duration>', 'Between two evaluations.')
    .argument('<query>')
    .action((server: string, text: string, { start, end, step, format }: Times & Format & { step?: string }) =>
      ask(server, { about: 'range', query: text, start: start ?? null, end: end ?? null, step: step ?? null }, { format }),
    );
  times(add('series', 'List series.'))
    .option('--match <selector>', 'Which series; can be repeated.', repeated, [])
    .action((server: string, { match, start, end, format }: { match: string[] } & Times & Format) =>
      ask(server, { about: 'series', match, start: start ?? null, end: end ?? null }, { format }),
    );
  times(add('labels', 'List the values of a label.'))
    .option('--match <selector>', 'Of which series; can be repeated.', repeated, [])
    .argument('<name>', 'The label.')
    .action((server: string, name: string, { match, start, end, format }: { match: string[] } & Times & Format) =>
      ask(server, { about: 'labels', name, match, start: start ?? null, end: end ?? null }, { format }),
    );
}
