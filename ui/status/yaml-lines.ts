// The parts of YAML that help the eye, a line at a time: keys, comments, texts, numbers. No parser: what the server shows is what it has
// written itself, and a part that is not recognised is shown plain.

export type YamlKind = 'plain' | 'key' | 'comment' | 'string' | 'literal' | 'mark';

export interface YamlPart {
  readonly kind: YamlKind;
  readonly text: string;
}

const LINE = /^(\s*(?:-\s+)*)(?:((?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'][^:#]*?))(:)(?=\s|$))?(\s*)(.*)$/;
const LITERAL = /^(?:true|false|null|~|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|(?:\d+(?:ms|[smhdwy]))+)$/;

/** The texts of the parts together are the line. */
export function yamlParts(line: string): YamlPart[] {
  const match = LINE.exec(line);
  if (match === null) return [{ kind: 'plain', text: line }];
  const [, indent, key = '', colon = '', space, rest] = match;
  const parts: YamlPart[] = [
    { kind: 'mark', text: indent },
    { kind: 'key', text: key },
    { kind: 'mark', text: colon + space },
    ...valueParts(rest),
  ];
  return parts.filter(({ text }) => text !== '');
}

function valueParts(text: string): YamlPart[] {
  if (text.startsWith('#')) return [{ kind: 'comment', text }];
  const quoted = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(text)?.[0];
  if (quoted !== undefined) return [{ kind: 'string', text: quoted }, ...afterValue(text.slice(quoted.length))];
  const comment = text.search(/\s#/);
  const value = comment < 0 ? text : text.slice(0, comment);
  return [{ kind: LITERAL.test(value) ? 'literal' : 'plain', text: value }, ...afterValue(text.slice(value.length))];
}

function afterValue(text: string): YamlPart[] {
  return [{ kind: /^\s+#/.test(text) ? 'comment' : 'plain', text }];
}
