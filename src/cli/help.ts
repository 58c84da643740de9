// The text of `tributary --help`: the flags that do something here, by group.
import { FLAGS, type FlagGroup } from './flag-definitions.ts';

const WIDTH = 104;
const COLUMN = 35;

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    if (lines[last].length + word.length + 1 > width && lines[last] !== '') lines.push(word);
    else lines[last] += (lines[last] === '' ? '' : ' ') + word;
  }
  return lines;
}

function entry(left: string, right: string): string {
  const lines = wrap(right, WIDTH - COLUMN);
  const first = left.length > COLUMN - 4 ? `  ${left}\n${' '.repeat(COLUMN)}` : `  ${left}`.padEnd(COLUMN);
  return `${first}${lines.join(`\n${' '.repeat(COLUMN)}`)}\n`;
}

export function helpText(): string {
  const groups: FlagGroup[] = ['Configuration', 'Web', 'Storage', 'Federation and queries', 'Scraping', 'Alerting', 'Logging'];
  let text = 'Tributary: a Prometheus-compatible monitoring server built around federation.\n\nUsage:\n';
  text += entry('tributary [flags]', 'Start the server.');
  text += entry(
    'tributary check config FILE...',
    'Check configuration files and their rule files: --syntax-only, --lint=NAMES, --lint-fatal.',
  );
  text += entry('tributary check rules [FILE...]', 'Check rule files: --lint=NAMES, --lint-fatal, --ignore-unknown-fields.');
  text += entry('tributary demo [--port=9090]', 'Start a small tree of servers that federate.');
  text += entry('tributary tsdb list [-r] [FOLDER]', 'List the blocks of a data folder.');
  text += entry('tributary tsdb analyze [FOLDER] [BLOCK]', 'Show where the series, labels and churn of a block come from.');
  text += entry('tributary tsdb dump [FOLDER]', 'Print the samples of the blocks: --min-time=MS, --max-time=MS, --match=SELECTOR.');
  text += entry('tributary tsdb create-blocks-from openmetrics FILE [FOLDER]', 'Make blocks of an OpenMetrics text.');
  text += entry('tributary query instant SERVER QUERY', 'Ask a server: --time=TIME; -o json.');
  text += entry('tributary query range SERVER QUERY', 'Ask a server: --start=TIME, --end=TIME, --step=DURATION.');
  text += entry('tributary query series SERVER', 'List series of a server: --match=SELECTOR, --start, --end.');
  text += entry('tributary query labels SERVER NAME', "List a label's values of a server: --match, --start, --end.");
  text += entry('tributary promql format QUERY', 'Print a query as it is best read.');
  text += entry('tributary promql parse QUERY', 'Print the tree of a query, as JSON.');
  text += entry('tributary test promql FILE...', 'Run scripts of the PromQL test language.');
  text += entry('tributary test rules FILE...', 'Run unit tests of rules: --run=REGEX, --diff, --debug, --junit=FILE.');
  for (const group of groups) {
    text += `\n${group}:\n`;
    for (const flag of FLAGS.filter((f) => f.group === group)) {
      const shown = flag.default === '' ? '' : ` (default ${flag.default})`;
      text += entry(`--${flag.name}${flag.kind === 'boolean' ? '' : '=…'}`, `${flag.help}${shown}`);
    }
  }
  text += `\nOther:\n${entry('--version', 'Show the version.')}${entry('-h, --help', 'Show this text.')}`;
  text += '\nBooleans take --no-… as well. All other flags of Prometheus 3.14 are accepted where ignoring them is harmless;\n';
  return `${text}those that would change what is stored, sent or readable and do not work yet are refused.\n`;
}
