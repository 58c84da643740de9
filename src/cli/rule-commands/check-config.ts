// `tributary check config FILE...`: success or all problems of each file.
import { checkConfigFile, type Environment } from '../config/index.ts';
import { targetProblems } from '../discovery/index.ts';

/** @returns the exit code: 0 when all files are good */
export function checkConfigFiles(files: readonly string[], env: Environment, write: (text: string) => void): number {
  let bad = 0;
  for (const file of files) {
    const { ok, lines } = checkConfigFile(file, env, targetProblems);
    if (!ok) bad++;
    write(`${lines.join('\n')}\n\n`);
  }
  return bad === 0 ? 0 : 1;
}
