// The program's entry: reads the command line and runs what it asks for. Exit codes: 1 for a wrong command line or an address
// that cannot be listened on, 2 for a configuration that cannot be loaded at the start. Commands are loaded when they are run.
import { setFlagsFromString } from 'node:v8';
import { FlagError, type Invocation, parseCommandLine } from './flags.ts';
import { helpText } from './help.ts';
import { versionText } from './version.ts';

// The launcher has this set for the main thread, whose heap has been made; as it stands it would hold for every thread, before its own limits.
setFlagsFromString('--max-semi-space-size=0');

const write = (text: string): boolean => process.stdout.write(text);

async function run(invocation: Invocation): Promise<number> {
  switch (invocation.command) {
    case 'serve':
      return (await import('./server.ts')).runServer(invocation.flags);
    case 'demo':
      return (await import('./demo.ts')).runDemo(invocation.port);
    case 'tsdb':
      return (await import('./tsdb-commands/run.ts')).runTsdbCommand(invocation.request, write);
    case 'rules':
      return (await import('./rule-commands/run.ts')).runRuleCommand(invocation.request);
    case 'promql':
      return (await import('./promql-commands/run.ts')).runPromqlCommand(invocation.request, write);
    case 'help':
      write(invocation.topic === 'serve' ? helpText() : invocation.text);
      return 0;
    case 'version':
      write(versionText());
      return 0;
  }
}

try {
  process.exitCode = await run(parseCommandLine(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof FlagError)) throw error;
  process.stderr.write(`tributary: ${error.message}; see tributary --help\n`);
  process.exitCode = 1;
}
