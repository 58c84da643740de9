// The URLs of what was discovered, written as Go's url.URL.String() writes them, since they are shown and told to users. Of a target: from
// its labels and the job's parameters, which are sorted by name; `__param_<name>` labels replace the first value of their parameter.

import { compareUtf8, type Labels, labelValue } from '../model/index.ts';

const PARAM_PREFIX = '__param_';
const PATH_SAFE = /^[A-Za-z0-9\-._~$&+,/:;=@]*$/;
const QUERY_SAFE = /^[A-Za-z0-9\-._~]*$/;

export function targetUrl(labels: Labels, params: Readonly<Record<string, readonly string[]>>): string {
  const query = new Map<string, string[]>(Object.entries(params).map(([name, values]) => [name, [...values]]));
  for (const [name, value] of labels) {
    if (!name.startsWith(PARAM_PREFIX)) continue;
    const values = query.get(name.slice(PARAM_PREFIX.length)) ?? [];
    query.set(name.slice(PARAM_PREFIX.length), [value, ...values.slice(1)]);
  }
  const search = encodeQuery(query);
  return `${serverUrl(labels, '__metrics_path__')}${search === '' ? '' : `?${search}`}`;
}

/** Of `__scheme__`, `__address__` and the label that has the path. */
export function serverUrl(labels: Labels, pathLabel: string): string {
  const scheme = labelValue(labels, '__scheme__');
  const path = labelValue(labels, pathLabel);
  const slash = path === '' || path.startsWith('/') ? '' : '/';
  return `${scheme === '' ? '' : `${scheme}:`}//${labelValue(labels, '__address__')}${slash}${percentEncode(path, PATH_SAFE)}`;
}

function encodeQuery(query: ReadonlyMap<string, readonly string[]>): string {
  const names = [...query.keys()].sort(compareUtf8);
  const pairs = names.flatMap((name) => query.get(name)!.map((value) => `${escapeQuery(name)}=${escapeQuery(value)}`));
  return pairs.join('&');
}

function escapeQuery(text: string): string {
  return percentEncode(text, QUERY_SAFE).replaceAll('%20', '+');
}

function percentEncode(text: string, safe: RegExp): string {
  if (safe.test(text)) return text;
  let out = '';
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    out += byte < 0x80 && safe.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}
