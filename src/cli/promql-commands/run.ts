// Runs `tributary query …`, `tributary promql …` and `tributary test promql …`. Exit code 1, and a sentence on standard error, when something
// is wrong with what was given.
import { readFileSync } from 'node:fs';
import { PromqlParseError, parseExpr, prettyPrint, treeOf, WHOLE_LANGUAGE } from '../../promql/index.ts';
import { type PromqlCommand, PromqlCommandError } from './command.ts';
import { ScriptError } from './scripts/script.ts';
import { runScript, type ScriptFailure } from './scripts/script-run.ts';
import { askServer, jsonOf, textOf } from './server-question.ts';

type Write = (text: string) => void;

const complain: Write = (sentence) => void process.stderr.write(`tributary: ${sentence}\n`);

/** @returns the exit code */
export async function runPromqlCommand(command: PromqlCommand, write: Write): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    switch (command.verb) {
      case 'test':
        return await testScripts(command.files, write);
      case 'format':
        write(`${prettyPrint(parseExpr(command.query, WHOLE_LANGUAGE))}\n`);
        return 0;
      case 'parse':
        write(`${JSON.stringify(treeOf(parseExpr(command.query, WHOLE_LANGUAGE)), null, 2)}\n`);
        return 0;
      case 'query': {
        const { server, question, format } = command;
        const { data, warnings } = await askServer(server, question, Date.now() / 1000);
        for (const warning of warnings) complain(`warning: ${warning}`);
        const text = format === 'json' ? jsonOf(question, data) : textOf(question, data);
        if (text !== '') write(`${text}\n`);
        return 0;
      }
    }
  } catch (error) {
    if (!(error instanceof PromqlCommandError || error instanceof PromqlParseError)) throw error;
    complain(error.message);
    return 1;
  }
}

/** Each failure, a line for each file, and the sum of all. */
async function testScripts(files: readonly string[], write: Write): Promise<number> {
  let [passed, failed, skipped] = [0, 0, 0];
  for (const file of files) {
    let result: Awaited<ReturnType<typeof runScript>>;
    try {
      result = await runScript(readFileSync(file, 'utf8'));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (!(error instanceof ScriptError || typeof code === 'string')) throw error;
      complain(error instanceof ScriptError ? `${file}:${error.line}: ${message}` : `cannot read ${file}: ${message}`);
      write(`${file}: 0 passed, 1 failed, 0 skipped\n`);
      failed++;
      continue;
    }
    for (const failure of result.failures) write(failureText(file, failure));
    write(`${file}: ${result.passed} passed, ${result.failures.length} failed, ${result.skipped} skipped\n`);
    passed += result.passed;
    failed += result.failures.length;
    skipped += result.skipped;
  }
  write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed === 0 ? 0 : 1;
}

function failureText(file: string, { line, query, expected, got }: ScriptFailure): string {
  const indented = (text: string) => text.replaceAll('\n', '\n              ');
  return `${file}:${line}: ${query}\n    expected: ${indented(expected)}\n    got:      ${indented(got)}\n`;
}
