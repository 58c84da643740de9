// The configurations of the demo: those of examples/, with the demo's addresses and intervals.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface ExampleFile {
  /** Of the file beside the others of its server. */
  readonly name: string;
  readonly text: string;
}

export interface ExampleOptions {
  /** Replace `host:port` of the example; an empty text takes an entry of a list away. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Other texts that are replaced. */
  readonly replacements?: Readonly<Record<string, string>>;
}

/** An example's configuration (the first file) and its rule files. `path` is below examples/, such as `hierarchical/local.yml`. */
export function exampleFiles(path: string, ruleFiles: readonly string[], { addresses, replacements = {} }: ExampleOptions): ExampleFile[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return [path, ...ruleFiles.map((name) => folder + name)].map((file) => {
    let text = readFileSync(fileURLToPath(new URL(`../../examples/${file}`, import.meta.url)), 'utf8');
    for (const [from, to] of Object.entries(replacements)) text = text.replaceAll(from, to);
    for (const [from, to] of Object.entries(addresses))
      text = to === '' ? text.replaceAll(`, '${from}'`, '') : text.replaceAll(`'${from}'`, `'${to}'`);
    return { name: file.slice(folder.length), text };
  });
}
