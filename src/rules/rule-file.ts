// A rule file: YAML → checked groups. Every problem is told with its place. What is refused, and the sentences about it, are Prometheus's
// (model/rulefmt), for UTF-8 names.
import {
  duration,
  emptySection,
  type Findings,
  integer,
  isLabelName,
  isNull,
  listOf,
  listOfPresent,
  mapOf,
  parseDocument,
  type Section,
  section,
  text,
} from '../config/index.ts';
import { isValidUtf8, labelsOf } from '../model/index.ts';
import { type LanguageFeatures, PromqlParseError, parseExpr, print } from '../promql/index.ts';
import { checkAlertTemplate } from '../template/index.ts';
import type { RuleGroupSpec, RuleSpec } from './rule-spec.ts';

/** Names are checked by hand: the sentence about a bad one is another for labels than for annotations. */
const textMap = mapOf(text);

const ruleFields = {
  record: text,
  alert: text,
  expr: text,
  for: duration,
  keep_firing_for: duration,
  labels: textMap,
  annotations: textMap,
};

const groupFields = {
  name: text,
  interval: duration,
  query_offset: duration,
  limit: integer,
  labels: textMap,
  rules: listOf(section(ruleFields)),
};

const fileFields = { groups: listOfPresent(section(groupFields), 'empty or null rule group') };
const fileSection = section(fileFields);

type RuleSection = Section<typeof ruleFields>;
type GroupSection = Section<typeof groupFields>;

export interface ReadRulesOptions {
  /** Names the file, in messages and for good: with a group's name it is what the group is known by. */
  readonly file: string;
  readonly features: LanguageFeatures;
}

/** The groups of a file. Problems go to `findings`; what is read then is of no use. */
export function readRules(content: string, { file, features }: ReadRulesOptions, findings: Findings): RuleGroupSpec[] {
  const node = parseDocument(content, file, findings);
  if (node === null) return [];
  const reading = { findings, path: '' };
  const root = fileSection.read(node, reading) ?? emptySection(fileFields, node.position, reading);
  const names = new Set<string>();
  return (root.get('groups') ?? []).map((group) => {
    const name = group.get('name') ?? '';
    // One that is no text was told already.
    if (name === '' && (!group.has('name') || group.get('name') === ''))
      group.problem(group.has('name') ? 'name' : null, 'Groupname must not be empty');
    else if (name !== '' && names.has(name)) group.problem('name', `groupname: "${name}" is repeated in the same file`);
    names.add(name);
    return readGroup(group, name, file, features);
  });
}

function readGroup(group: GroupSection, name: string, file: string, features: LanguageFeatures): RuleGroupSpec {
  const labels = group.get('labels') ?? {};
  checkLabels(group, labels);
  const offset = group.nodeOf('query_offset');
  return {
    name,
    file,
    intervalMs: group.get('interval') ?? 0,
    queryOffsetMs: offset === undefined || isNull(offset) ? null : (group.get('query_offset') ?? null),
    limit: group.get('limit') ?? 0,
    rules: (group.get('rules') ?? []).map((rule, index) => readRule(rule, { index, labels, features })),
  };
}

/** What a rule has of its group. */
interface Place {
  readonly index: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly features: LanguageFeatures;
}

function readRule(rule: RuleSection, { index, labels: groupLabels, features }: Place): RuleSpec {
  const record = rule.get('record') ?? '';
  const alert = rule.get('alert') ?? '';
  if (record !== '' && alert !== '') rule.problem('alert', "only one of 'record' and 'alert' must be set");
  if (record === '' && alert === '') rule.problem(null, "one of 'record' or 'alert' must be set");
  const own = rule.get('labels') ?? {};
  const annotations = rule.get('annotations') ?? {};
  checkLabels(rule, own);
  for (const name of Object.keys(annotations))
    if (!isLabelName(name)) rule.problemAt('annotations', name, `invalid annotation name: ${name}`);
  if (record !== '') checkRecording(rule, record, annotations);
  if (alert !== '') checkTemplates(rule, alert, own, annotations);
  const { file, line, column } = rule.node.position;
  const common = {
    name: record || alert,
    index,
    query: readQuery(rule, features),
    // One without a value is kept: it takes that label away.
    labels: labelsOf({ ...groupLabels, ...own }),
    place: `${file}:${line}:${column}`,
  };
  if (record !== '') return { kind: 'recording', ...common };
  return {
    kind: 'alerting',
    ...common,
    annotations: labelsOf(annotations),
    forMs: rule.get('for') ?? 0,
    keepFiringForMs: rule.get('keep_firing_for') ?? 0,
  };
}

function readQuery(rule: RuleSection, features: LanguageFeatures): string {
  const written = rule.get('expr') ?? '';
  if (written === '') {
    if (!rule.has('expr') || rule.get('expr') === '') rule.problem('expr', "field 'expr' must be set in rule");
    return '';
  }
  try {
    return print(parseExpr(written, features));
  } catch (error) {
    if (!(error instanceof PromqlParseError)) throw error;
    rule.problemAt('expr', null, `could not parse expression: ${error.message}`);
    return '';
  }
}

function checkRecording(rule: RuleSection, record: string, annotations: Readonly<Record<string, string>>): void {
  if (Object.keys(annotations).length > 0) rule.problem('annotations', "invalid field 'annotations' in recording rule");
  if ((rule.get('for') ?? 0) !== 0) rule.problem('for', "invalid field 'for' in recording rule");
  if ((rule.get('keep_firing_for') ?? 0) !== 0) rule.problem('keep_firing_for', "invalid field 'keep_firing_for' in recording rule");
  if (!isValidUtf8(record)) rule.problem('record', `invalid recording rule name: ${record}`);
  // A query in the place of a name is a common mistake.
  if (/[{}]/.test(record)) rule.problem('record', `braces present in the recording rule name; should it be in expr?: ${record}`);
}

function checkLabels(of: RuleSection | GroupSection, labels: Readonly<Record<string, string>>): void {
  const problem = (name: string, sentence: string): void => (of as RuleSection).problemAt('labels', name, sentence);
  for (const [name, value] of Object.entries(labels)) {
    if (!isLabelName(name) || name === '__name__') problem(name, `invalid label name: ${name}`);
    if (!isValidUtf8(value)) problem(name, `invalid label value: ${value}`);
  }
}

function checkTemplates(
  rule: RuleSection,
  alert: string,
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
): void {
  const check = (key: 'labels' | 'annotations', what: string, templates: Readonly<Record<string, string>>): void => {
    for (const [name, template] of Object.entries(templates)) {
      const wrong = checkAlertTemplate(alert, template);
      if (wrong !== null) rule.problemAt(key, name, `${what} ${JSON.stringify(name)}: ${wrong}`);
    }
  };
  check('labels', 'label', labels);
  check('annotations', 'annotation', annotations);
}
