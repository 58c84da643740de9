// The results of tests as JUnit XML, as promtool writes them: a suite a file, a case a test. Source: util/junitxml of Prometheus.

export interface JunitCase {
  readonly name: string;
  readonly failures: readonly string[];
  /** Why it could not be run; '' where it was. */
  readonly error: string;
}

export interface JunitSuite {
  readonly name: string;
  /** When it began, to the second; '' where it did not. */
  readonly timestamp: string;
  readonly cases: readonly JunitCase[];
}

export function junitXml(suites: readonly JunitSuite[]): string {
  return `<testsuites>${suites.map(suiteXml).join('')}</testsuites>`;
}

function suiteXml({ name, timestamp, cases }: JunitSuite): string {
  const failures = cases.reduce((sum, each) => sum + each.failures.length, 0);
  const errors = cases.filter(({ error }) => error !== '').length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="0"`;
  return `<testsuite name="${escaped(name)}" ${counts} timestamp="${timestamp}">${cases.map(caseXml).join('')}</testsuite>`;
}

function caseXml({ name, failures, error }: JunitCase): string {
  const elements = failures.map((failure) => `<failure>${escaped(failure)}</failure>`);
  if (error !== '') elements.push(`<error>${escaped(error)}</error>`);
  return `<testcase name="${escaped(name)}">${elements.join('')}</testcase>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** As Go's encoding/xml; what no XML may hold becomes a replacement character. */
function escaped(text: string): string {
  return text.replace(/["'&<>\t\n\r]|[\x00-\x1f\ufffe\uffff]|\p{Surrogate}/gu, (character) => ESCAPES[character] ?? '\ufffd');
}
