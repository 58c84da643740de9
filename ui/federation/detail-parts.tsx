// What details of sources, consumers and servers have in common.
import type { FederationServer, FederationWarning } from '../../src/answers/index.ts';
import type { Fact } from '../components/facts.tsx';
import { LabelSet } from '../components/label-set.tsx';
import { formatBytes, formatCount } from '../format/number.ts';
import { formatAgo, formatSeconds } from '../format/time.ts';
import classes from './detail.module.css';
import { softwareWords } from './flow-words.ts';
import type { Flow } from './health.ts';

export function Selectors({ selectors }: { readonly selectors: readonly string[] }) {
  if (selectors.length === 0) return <span className={classes.quiet}>none</span>;
  return selectors.map((selector, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a selector may be given twice
    <code key={i} className={classes.code}>
      {selector}
    </code>
  ));
}

/** Nothing without one. */
export function LastError({ title, text }: { readonly title: string; readonly text: string }) {
  if (text === '') return null;
  return (
    <div className={classes.part}>
      <h3>{title}</h3>
      <p className={classes.error}>{text}</p>
    </div>
  );
}

/** Nothing without one. */
export function Warnings({ title = 'Warnings', warnings }: { readonly title?: string; readonly warnings: readonly FederationWarning[] }) {
  if (warnings.length === 0) return null;
  return (
    <div className={classes.part}>
      <h3>{title}</h3>
      <ul className={classes.warnings}>
        {warnings.map(({ code, message }) => (
          <li key={`${code} ${message}`}>{message}</li>
        ))}
      </ul>
    </div>
  );
}

/** @param nowMs by the clock of the server that has seen it @param good what is called the last one: `good pull` */
export function flowFacts(
  { series, bytes, durationSeconds, lagSeconds, isCurrent, lastGoodMs }: Flow,
  nowMs: number,
  good: string,
): Fact[] {
  if (!isCurrent) {
    return [
      [`Last ${good}`, lastGoodMs === null ? 'none known' : formatAgo(lastGoodMs, nowMs)],
      ['Newest sample', lagSeconds === null ? 'not known' : `${formatSeconds(lagSeconds)} old by now`],
    ];
  }
  const or = (value: number | null, format: (value: number) => string): string => (value === null ? 'not known' : format(value));
  return [
    ['Series', or(series, formatCount)],
    ['Bytes', bytes === null ? 'not known' : `${formatBytes(bytes)} of text`],
    ['Duration', or(durationSeconds, formatSeconds)],
    ['Newest sample', lagSeconds === null ? 'not known' : `${formatSeconds(lagSeconds)} old as it arrived`],
  ];
}

export function failureFact(failures: number, of: number): string {
  if (of === 0) return '–';
  return failures === 0 ? `none of ${formatCount(of)}` : `${formatCount(failures)} of ${formatCount(of)}`;
}

export function serverFacts(server: FederationServer): Fact[] {
  return [
    ['Software', softwareWords(server) || 'not known'],
    ['External labels', <LabelSet key="labels" labels={server.externalLabels} />],
    ...(server.id === ''
      ? []
      : [
          [
            'Id of this run',
            <code key="id" className={classes.code}>
              {server.id}
            </code>,
          ] as Fact,
        ]),
  ];
}
