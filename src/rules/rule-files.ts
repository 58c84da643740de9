// Rule files: which ones patterns name, their texts, and the groups in them.
import { readFileSync } from 'node:fs';
import { Findings, GlobError, globFiles } from '../config/index.ts';
import { quoteGo } from '../model/index.ts';
import type { LanguageFeatures } from '../promql/index.ts';
import { readRules } from './rule-file.ts';
import type { RuleGroupSpec } from './rule-spec.ts';

/** A file of 100,000 rules is about 30 MB. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

export interface RuleFileOptions {
  readonly features: LanguageFeatures;
  /** Keys that nobody knows are passed over, where they are problems otherwise. */
  readonly ignoreUnknownKeys?: boolean;
}

export interface ReadRuleFile {
  readonly groups: readonly RuleGroupSpec[];
  readonly problems: readonly string[];
}

export interface FoundRuleFiles {
  /** In the order of the patterns, and of each one's files; each once. */
  readonly files: readonly string[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** @param patterns absolute paths, which may be patterns */
export function findRuleFiles(patterns: readonly string[]): FoundRuleFiles {
  const files = new Set<string>();
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const pattern of patterns) {
    try {
      const found = globFiles(pattern);
      if (found.length === 0) warnings.push(`no file matches ${quoteGo(pattern)} of rule_files`);
      for (const file of found) files.add(file);
    } catch (error) {
      if (!(error instanceof GlobError)) throw error;
      problems.push(`error retrieving rule files for ${quoteGo(pattern)}: ${error.message}`);
    }
  }
  return { files: [...files], problems, warnings };
}

/** One file. Where there are problems its groups are of no use. */
export function readRuleFile(file: string, options: RuleFileOptions): ReadRuleFile {
  const content = readRuleText(file);
  if (typeof content !== 'string') return { groups: [], problems: [content.problem] };
  return checkRuleText(content, file, options);
}

/** The same for a text. @param file names it in the problems */
export function checkRuleText(content: string, file: string, { features, ignoreUnknownKeys }: RuleFileOptions): ReadRuleFile {
  const findings = new Findings({ ignoreUnknownKeys });
  const groups = readRules(content, { file, features }, findings);
  return { groups, problems: findings.problems };
}

/** The file's text, or why it cannot be read. */
export function readRuleText(file: string): string | { readonly problem: string } {
  const problem = (why: string) => ({ problem: `cannot read rule file ${file}: ${why}` });
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return problem(error.code === 'ENOENT' ? 'it does not exist' : error.message);
  }
  if (bytes.length > MAX_FILE_BYTES) return problem(`got ${bytes.length} bytes, want at most ${MAX_FILE_BYTES}`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return problem('got bytes that are not UTF-8, want UTF-8');
  }
}
