// Runs `tributary tsdb …`. Exit code 1, and a sentence on standard error, when something could not be read or written.
import { type Matcher, quoteGo } from '../../model/index.ts';
import { parseMetricSelector } from '../../promql/index.ts';
import { BlockError } from '../../tsdb/index.ts';
import { analyzeBlock } from './analyze-block.ts';
import { type TsdbCommand, TsdbCommandError } from './command.ts';
import { createBlocks } from './create-blocks.ts';
import { dumpSamples } from './dump-samples.ts';
import { blockTable } from './list-blocks.ts';
import { ViewedFolder } from './viewed-folder.ts';

type Write = (text: string) => void;

const complain: Write = (sentence) => void process.stderr.write(`tributary: ${sentence}\n`);

/** @returns the exit code */
export function runTsdbCommand(command: TsdbCommand, write: Write): number {
  // Whoever reads the output has enough of it: `| head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    if (command.verb !== 'create-blocks') return look(command, write);
    const { file, folder, quiet, humanReadable } = command;
    let header = true;
    createBlocks({
      file,
      folder,
      onBlock: (block) => {
        if (!quiet) write(blockTable([block], { humanReadable, header }));
        header = false;
      },
    });
    return 0;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!(error instanceof TsdbCommandError || error instanceof BlockError || typeof code === 'string')) throw error;
    complain((error as Error).message);
    return 1;
  }
}

function look(command: Exclude<TsdbCommand, { verb: 'create-blocks' }>, write: Write): number {
  const selectors = command.verb === 'dump' ? command.match.map(selectorOf) : [];
  const folder = new ViewedFolder(command.folder);
  try {
    for (const problem of folder.problems) complain(problem);
    switch (command.verb) {
      case 'list':
        write(blockTable(folder.blocks, { humanReadable: command.humanReadable, header: true }));
        break;
      case 'analyze':
        write(analyzeBlock(folder.block(command.block), command.limit));
        break;
      case 'dump': {
        const { minTimeMs, maxTimeMs } = command;
        const histograms = dumpSamples(folder.blocks, { selectors, minTimeMs, maxTimeMs, write });
        if (folder.hasLog) complain(`the write-ahead log in ${folder.path} was not read: samples that are in no block yet are not printed`);
        if (histograms > 0) complain(`${histograms} chunks of native histograms are not printed`);
      }
    }
    return folder.problems.length === 0 ? 0 : 1;
  } finally {
    folder.close();
  }
}

function selectorOf(text: string): Matcher[] {
  try {
    return parseMetricSelector(text);
  } catch (error) {
    throw new TsdbCommandError(`cannot read selector ${quoteGo(text)}: ${(error as Error).message}`, { cause: error });
  }
}
