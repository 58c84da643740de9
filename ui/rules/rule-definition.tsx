// What a rule says: its expression, and what it puts on what comes of it.
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { LabelMap, RuleAnswer } from '../../src/answers/index.ts';
import { LabelSet } from '../components/label-set.tsx';
import { LongText } from '../components/long-text.tsx';
import { PromqlText } from '../components/promql-text.tsx';
import { formatSeconds } from '../format/time.ts';
import { queryLink } from '../panels/panel-address.ts';
import classes from './rule-definition.module.css';

export function RuleDefinition({ rule }: { readonly rule: RuleAnswer }) {
  const parts = partsOf(rule);
  return (
    <>
      <div className={classes.expression}>
        <PromqlText expr={rule.query} pretty />
        <Link
          to={queryLink({ expr: rule.query, tab: 'graph' })}
          className={classes.query}
          aria-label={`Query the expression of ${rule.name}`}
        >
          Query
        </Link>
      </div>
      {rule.lastError !== undefined && (
        <p className={classes.error}>
          <strong>Last error:</strong> {rule.lastError}
        </p>
      )}
      {parts.length > 0 && (
        <dl className={classes.parts}>
          {parts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

function partsOf(rule: RuleAnswer): [name: string, value: ReactNode][] {
  const parts: [string, ReactNode][] = [];
  if (rule.type === 'alerting') {
    if (rule.duration > 0) parts.push(['for', formatSeconds(rule.duration)]);
    if (rule.keepFiringFor > 0) parts.push(['keep firing for', formatSeconds(rule.keepFiringFor)]);
  }
  if (Object.keys(rule.labels ?? {}).length > 0) parts.push(['labels', <LabelSet key="labels" labels={rule.labels!} />]);
  if (rule.type === 'alerting' && Object.keys(rule.annotations).length > 0)
    parts.push(['annotations', <Annotations key="annotations" annotations={rule.annotations} />]);
  return parts;
}

/** Each on a line: they are sentences. A value that is an address is a link. */
export function Annotations({ annotations }: { readonly annotations: LabelMap }) {
  return (
    <>
      {Object.entries(annotations).map(([name, value]) => (
        <div key={name} className={classes.annotation}>
          <span className={classes.name}>{name}:</span>{' '}
          {/^https?:\/\/[^\s{}]+$/.test(value) ? (
            <a href={value} target="_blank" rel="noreferrer" className={classes.link}>
              {value}
            </a>
          ) : (
            <span className={classes.text}>
              <LongText text={value.trimEnd()} of={name} />
            </span>
          )}
        </div>
      ))}
    </>
  );
}
