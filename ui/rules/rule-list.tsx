// The rules of one group, a page at a time. Plain elements: there may be thousands.
import { Link } from 'react-router';
import type { RuleAnswer, RuleHealth } from '../../src/answers/index.ts';
import { Ago } from '../components/ago.tsx';
import { Pager, usePaged } from '../components/pager.tsx';
import { StateBadge, type Tone } from '../components/state-badge.tsx';
import { formatSeries } from '../format/series.ts';
import { formatSeconds, msOf } from '../format/time.ts';
import { queryLink } from '../panels/panel-address.ts';
import classes from './group.module.css';
import { RuleDefinition } from './rule-definition.tsx';
import type { ShownGroup } from './rule-groups.ts';

const RULES_A_PAGE = 20;
const HEALTHS: Readonly<Record<RuleHealth, readonly [Tone, string]>> = {
  ok: ['good', 'ok'],
  err: ['bad', 'failing'],
  unknown: ['odd', 'not evaluated yet'],
};

export function RuleList({ shown: { group, key, rules } }: { readonly shown: ShownGroup }) {
  const paged = usePaged(rules, RULES_A_PAGE, `page.${key}`);
  return (
    <>
      <ul className={classes.list}>
        {paged.shown.map((rule) => (
          <Rule key={JSON.stringify([rule.name, rule.query, rule.labels])} rule={rule} />
        ))}
      </ul>
      <Pager paged={paged} what={`of the rules of ${group.name}`} />
    </>
  );
}

function Rule({ rule }: { readonly rule: RuleAnswer }) {
  const evaluatedMs = msOf(rule.lastEvaluation);
  const [tone, word] = HEALTHS[rule.health];
  return (
    <li className={classes.rule}>
      <div className={classes.head}>
        <Link to={queryLink({ expr: resultOf(rule), tab: 'graph' })} className={classes.name}>
          {rule.name}
        </Link>
        <span className={classes.type}>{rule.type === 'alerting' ? 'alert' : 'record'}</span>
        <StateBadge tone={tone}>{word}</StateBadge>
        {rule.type === 'alerting' && rule.state !== 'inactive' && rule.state !== 'unknown' && (
          <StateBadge tone={rule.state === 'firing' ? 'bad' : 'odd'}>{rule.state}</StateBadge>
        )}
        <span className={classes.facts}>
          <span className={classes.fact}>
            <Ago ms={evaluatedMs} />
          </span>
          {evaluatedMs !== null && (
            <span className={classes.fact}>
              <span className={classes.quiet}>took</span> {formatSeconds(rule.evaluationTime)}
            </span>
          )}
        </span>
      </div>
      <RuleDefinition rule={rule} />
    </li>
  );
}

/** The series that a rule makes. */
function resultOf({ type, name }: RuleAnswer): string {
  return formatSeries(type === 'alerting' ? { __name__: 'ALERTS', alertname: name } : { __name__: name });
}
