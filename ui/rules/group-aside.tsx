import type { RuleGroupAnswer } from '../../src/answers/index.ts';
import { Ago } from '../components/ago.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { formatSeconds, msOf } from '../format/time.ts';
import classes from './group.module.css';
import { isLate } from './rule-groups.ts';

/** How a group's evaluation goes. */
export function GroupAside({ group }: { readonly group: RuleGroupAnswer }) {
  const evaluatedMs = msOf(group.lastEvaluation);
  const late = isLate(group);
  return (
    <>
      {late && <StateBadge tone="odd">takes longer than its interval</StateBadge>}
      <span className={classes.fact}>
        <span className={classes.quiet}>every</span> {formatSeconds(group.interval)}
      </span>
      <span className={classes.fact}>
        <span className={classes.quiet}>evaluated</span> <Ago ms={evaluatedMs} />
      </span>
      {evaluatedMs !== null && (
        <span className={classes.fact}>
          <span className={classes.quiet}>took</span> {formatSeconds(group.evaluationTime)}
        </span>
      )}
    </>
  );
}
