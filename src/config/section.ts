// A mapping with known keys. What is not known is a problem that names the nearest known key; what is known is read by
// its field. The section keeps the positions, so that rules over several keys can point at the right one.

import type { ConfigNode, MappingEntry, MappingNode } from './document.ts';
import type { Position } from './errors.ts';
import { describeNode, type Field, isNull, type Reading } from './field.ts';
import { nearestWord } from './nearest.ts';

export type Fields = Readonly<Record<string, Field<unknown>>>;
type Value<F> = F extends Field<infer T> ? T : never;

export class Section<F extends Fields> {
  readonly node: ConfigNode;
  readonly reading: Reading;
  readonly #entries = new Map<string, MappingEntry>();
  readonly #values = new Map<string, unknown>();

  /** `node` is a mapping, or a null, which is a section without keys. */
  constructor(fields: F, node: ConfigNode, reading: Reading) {
    this.node = node;
    this.reading = reading;
    for (const entry of node.kind === 'mapping' ? node.entries : []) this.#read(fields, entry);
  }

  #read(fields: F, entry: MappingEntry): void {
    const { findings, path } = this.reading;
    const keyPath = path === '' ? entry.key : `${path}.${entry.key}`;
    if (!Object.hasOwn(fields, entry.key)) {
      if (findings.ignoresUnknownKeys) return;
      const nearest = nearestWord(entry.key, Object.keys(fields));
      findings.problem(entry.position, keyPath, nearest === null ? 'unknown key' : `unknown key, did you mean ${nearest}?`);
      return;
    }
    this.#entries.set(entry.key, entry);
    this.#values.set(entry.key, fields[entry.key].read(entry.value, { findings, path: keyPath }));
  }

  /** Undefined when the key is absent or its value has a problem (which is reported then). */
  get<K extends keyof F & string>(key: K): Value<F[K]> | undefined {
    return this.#values.get(key) as Value<F[K]> | undefined;
  }

  /** Whether the key stands there, be its value null. */
  has(key: keyof F & string): boolean {
    return this.#entries.has(key);
  }

  /** The value's tree, for display. */
  nodeOf(key: keyof F & string): ConfigNode | undefined {
    return this.#entries.get(key)?.value;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** At the key if it is there, else at the section. */
  problem(key: (keyof F & string) | null, sentence: string): void {
    const { findings, path } = this.reading;
    const entry = key === null ? undefined : this.#entries.get(key);
    if (entry === undefined) findings.problem(this.#position(), path, sentence);
    else findings.problem(entry.position, path === '' ? entry.key : `${path}.${entry.key}`, sentence);
  }

  /** At an entry of the mapping that stands at the key, or at the key where there is none such; at the value of a key where `entry` is null. */
  problemAt(key: keyof F & string, entry: string | null, sentence: string): void {
    const { findings, path } = this.reading;
    const node = this.nodeOf(key);
    if (node === undefined) {
      this.problem(key, sentence);
      return;
    }
    const found = entry !== null && node.kind === 'mapping' ? node.entries.find((one) => one.key === entry) : undefined;
    const keyPath = path === '' ? key : `${path}.${key}`;
    if (entry === null) findings.problem(node.position, keyPath, sentence);
    else findings.problem(found?.position ?? node.position, `${keyPath}.${entry}`, sentence);
  }

  #position(): Position {
    return this.node.position;
  }
}

/** A null is a section without keys. */
export function section<const F extends Fields>(fields: F): Field<Section<F>> {
  return {
    read(node, reading) {
      if (node.kind === 'mapping' || isNull(node)) return new Section(fields, node, reading);
      reading.findings.problem(node.position, reading.path, `got ${describeNode(node)}, want a mapping`);
      return undefined;
    },
  };
}

export function emptySection<F extends Fields>(fields: F, position: Position, reading: Reading): Section<F> {
  const node: MappingNode = { kind: 'mapping', entries: [], position };
  return new Section(fields, node, reading);
}
