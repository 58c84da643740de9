// One alerting rule, opened: its definition, its alerts and when there were some.
import { SegmentedControl } from '@mantine/core';
import { EmptyNote } from '../components/empty-note.tsx';
import { Fold } from '../components/fold.tsx';
import { usePaged } from '../components/pager.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { useUrlText } from '../components/use-url-state.ts';
import { counted } from '../format/number.ts';
import type { ShownAlertRule } from './alert-groups.ts';
import classes from './alert-rule.module.css';
import { AlertTable } from './alert-table.tsx';
import { AlertTimeline } from './alert-timeline.tsx';
import { RuleDefinition } from './rule-definition.tsx';

const ALERTS_A_PAGE = 25;
const RANGES: Readonly<Record<string, number>> = { '15m': 900_000, '1h': 3_600_000, '6h': 21_600_000, '24h': 86_400_000 };
const DEFAULT_RANGE = '1h';

interface Props {
  readonly shown: ShownAlertRule;
  /** Of its heading. */
  readonly level: 3 | 4;
  readonly opened: boolean;
  readonly onToggle: () => void;
}

export function AlertRule({ shown, level, opened, onToggle }: Props) {
  const { rule, firing, pending } = shown;
  return (
    <Fold
      title={rule.name}
      level={level}
      opened={opened}
      onToggle={onToggle}
      tone={firing > 0 || rule.health === 'err' ? 'bad' : pending > 0 ? 'odd' : rule.health === 'unknown' ? 'quiet' : 'good'}
      aside={
        <>
          {rule.health === 'err' && <StateBadge tone="bad">evaluation fails</StateBadge>}
          {firing > 0 && <StateBadge tone="bad">{counted(firing, 'alert')} firing</StateBadge>}
          {pending > 0 && <StateBadge tone="odd">{counted(pending, 'alert')} pending</StateBadge>}
          {firing + pending === 0 && rule.health === 'ok' && <StateBadge tone="good">inactive</StateBadge>}
          {rule.health === 'unknown' && <StateBadge tone="quiet">not evaluated yet</StateBadge>}
        </>
      }
    >
      <OpenRule shown={shown} level={level} />
    </Fold>
  );
}

function OpenRule({ shown, level }: Pick<Props, 'shown' | 'level'>) {
  const Heading = level === 3 ? 'h4' : 'h5';
  const { key, rule, alerts } = shown;
  // The timeline is of the alerts that the table shows, in the same order.
  const paged = usePaged(alerts, ALERTS_A_PAGE, `page.${key}`);
  const [chosen, setRange] = useUrlText('range', DEFAULT_RANGE);
  const range = Object.hasOwn(RANGES, chosen) ? chosen : DEFAULT_RANGE;
  return (
    <div className={classes.open}>
      <RuleDefinition rule={rule} />
      {alerts.length === 0 ? (
        <EmptyNote>{rule.state === 'unknown' ? 'This rule was not evaluated yet.' : 'No alert of this rule is active.'}</EmptyNote>
      ) : (
        <AlertTable paged={paged} ruleName={rule.name} />
      )}
      <div className={classes.head}>
        <Heading className={classes.title}>Timeline</Heading>
        <SegmentedControl aria-label="Length of the timelines" size="xs" data={Object.keys(RANGES)} value={range} onChange={setRange} />
      </div>
      <AlertTimeline shown={shown} alerts={paged.shown} rangeMs={RANGES[range]} />
    </div>
  );
}
