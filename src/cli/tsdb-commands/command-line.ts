// `tributary tsdb …` on the command line: which words and options there are. Names and defaults are promtool's.
import type { Command } from 'commander';
import type { TsdbCommand } from './command.ts';

const DATA_FOLDER = 'data/';
/** Of promtool: all there can be. */
const MIN_TIME = '-9223372036854775808';
const MAX_TIME = '9223372036854775807';
/** Beyond this a number of ms is no time. */
const MOST_MS = 8.64e15;

/** The options' names, whose values the server's flags do not know. */
export const TSDB_OPTIONS = ['min-time', 'max-time', 'match', 'limit', 'human-readable', 'quiet'] as const;

/** `ask` gets what was asked for; `refuse` makes the error for a value that cannot be read. */
export function addTsdbCommands(program: Command, ask: (command: TsdbCommand) => void, refuse: (sentence: string) => Error): void {
  const wholeNumber = (option: string) => (text: string) => {
    if (!/^-?\d+$/.test(text)) throw refuse(`cannot read flag --${option}: got ${JSON.stringify(text)}, want a whole number`);
    return Math.min(Math.max(Number(text), -MOST_MS), MOST_MS);
  };
  const tsdb = program.command('tsdb').description('Look at the blocks of a data folder, and make some.');
  tsdb
    .command('list')
    .description('List the blocks.')
    .option('-r, --human-readable', 'Print times and sizes for people.', false)
    .argument('[folder]', 'The data folder.', DATA_FOLDER)
    .action((folder: string, { humanReadable }: { humanReadable: boolean }) => ask({ verb: 'list', folder, humanReadable }));
  tsdb
    .command('analyze')
    .description('Show where the series, labels and churn of a block come from.')
    .option('--limit <number>', 'Lines of each table.', wholeNumber('limit'), 20)
    .argument('[folder]', 'The data folder.', DATA_FOLDER)
    .argument('[block]', 'ULID of the block; the last one by default.')
    .action((folder: string, block: string | undefined, { limit }: { limit: number }) =>
      ask({ verb: 'analyze', folder, block: block ?? null, limit }),
    );
  tsdb
    .command('dump')
    .description('Print the samples of the blocks.')
    .option('--min-time <ms>', 'The first timestamp that is printed.', wholeNumber('min-time'), wholeNumber('min-time')(MIN_TIME))
    .option('--max-time <ms>', 'The last one.', wholeNumber('max-time'), wholeNumber('max-time')(MAX_TIME))
    .option('--match <selector>', 'Which series; can be repeated.', (text: string, before: readonly string[]) => [...before, text], [])
    .argument('[folder]', 'The data folder.', DATA_FOLDER)
    .action((folder: string, { minTime, maxTime, match }: { minTime: number; maxTime: number; match: string[] }) =>
      ask({ verb: 'dump', folder, minTimeMs: minTime, maxTimeMs: maxTime, match }),
    );
  tsdb
    .command('create-blocks-from')
    .description('Make blocks.')
    .command('openmetrics')
    .description('Make blocks of the samples of an OpenMetrics text, each with its timestamp.')
    .option('-r, --human-readable', 'Print times and sizes for people.', false)
    .option('-q, --quiet', 'Print nothing.', false)
    .argument('<file>', 'The text.')
    .argument('[folder]', 'Where the blocks go.', DATA_FOLDER)
    .action((file: string, folder: string, { humanReadable, quiet }: { humanReadable: boolean; quiet: boolean }) =>
      ask({ verb: 'create-blocks', file, folder, humanReadable, quiet }),
    );
}
