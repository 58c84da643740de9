// /alerts: alerting rules, what is wrong first.
import { Group } from '@mantine/core';
import type { RuleGroupAnswer, RulesAnswer } from '../../src/answers/index.ts';
import { Answered } from '../components/answered.tsx';
import { EmptyNote } from '../components/empty-note.tsx';
import { FilterChips } from '../components/filter-chips.tsx';
import { Fold } from '../components/fold.tsx';
import { FoldButtons } from '../components/fold-buttons.tsx';
import { FoundNote } from '../components/found-note.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Pager, usePaged } from '../components/pager.tsx';
import { SearchField } from '../components/search-field.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { type Folds, useFolds } from '../components/use-folds.ts';
import { useSearch } from '../components/use-search.ts';
import { useUrlList } from '../components/use-url-state.ts';
import { counted } from '../format/number.ts';
import { STATE_EVERY_MS, useAnswer } from '../server/use-answer.ts';
import {
  type AlertCounts,
  alertCounts,
  alertsOpenByThemselves,
  type ShownAlertGroup,
  type ShownAlertRule,
  type StateCounts,
  shownAlertGroups,
  splitQuiet,
  stateCounts,
} from './alert-groups.ts';
import { AlertRule } from './alert-rule.tsx';
import classes from './group.module.css';

const GROUPS_A_PAGE = 20;
const RULES_A_PAGE = 25;
/** Of a page, by "Open all": each has a table, and a timeline that is asked for. */
const MOST_OPENED = 50;

export default function AlertsPage() {
  const result = useAnswer<RulesAnswer>('/rules', { type: 'alert' }, { everyMs: STATE_EVERY_MS });
  return (
    <>
      <PageHead title="Alerts" />
      <Answered result={result} what="the alerts">
        {({ groups }) =>
          groups.length === 0 ? (
            <EmptyNote>
              There are no alerting rules. Name files of them below rule_files in the configuration file, and reload it.
            </EmptyNote>
          ) : (
            <GroupList groups={groups} />
          )
        }
      </Answered>
    </>
  );
}

function GroupList({ groups }: { readonly groups: readonly RuleGroupAnswer[] }) {
  const [states, setStates] = useUrlList('state', 'step');
  const [search, setSearch] = useSearch();
  const folds = useFolds(search);
  const shown = shownAlertGroups(groups, { states, search });
  const opens = alertsOpenByThemselves(shown, search);
  const paged = usePaged(shown, GROUPS_A_PAGE, 'page');
  const counts = stateCounts(groups.flatMap(({ rules }) => rules.filter((rule) => rule.type === 'alerting')));
  return (
    <>
      <Group gap="xs" mb="md">
        <FilterChips
          label="State of the rules"
          noun="rule"
          choices={[
            { value: 'firing', label: 'Firing', tone: 'bad', count: counts.firing },
            { value: 'pending', label: 'Pending', tone: 'odd', count: counts.pending },
            { value: 'inactive', label: 'Inactive', tone: 'good', count: counts.inactive },
            { value: 'unknown', label: 'Unknown', tone: 'quiet', count: counts.unknown },
          ]}
          chosen={states}
          onChange={setStates}
        />
        <SearchField label="Search rules and alerts" value={search} onChange={setSearch} />
        <FoldButtons folds={folds} opens={`the groups, and the first ${MOST_OPENED} rules of the page`} />
      </Group>
      {shown.length === 0 ? (
        <EmptyNote>No rule is as the filters above want it. Take one filter away.</EmptyNote>
      ) : (
        <FoundNote>{foundText(alertCounts(shown))}</FoundNote>
      )}
      {paged.shown.map((one, i) => {
        const opened = folds.isOpen(one.key, opens.group(one));
        const before = paged.shown.slice(0, i).reduce((sum, { rules }) => sum + Math.min(rules.length, RULES_A_PAGE), 0);
        return (
          <Fold
            key={one.key}
            title={one.group.name}
            opened={opened}
            onToggle={() => folds.set(one.key, !opened)}
            aside={
              <>
                <span className={classes.path}>{one.group.file}</span>
                <Counts counts={one.counts} />
              </>
            }
          >
            <GroupRules
              shown={one}
              folds={folds}
              opens={opens.rule}
              quietToo={opens.quiet || states.includes('inactive')}
              most={MOST_OPENED - before}
            />
          </Fold>
        );
      })}
      <Pager paged={paged} what="of groups" />
    </>
  );
}

interface GroupRulesProps {
  readonly shown: ShownAlertGroup;
  readonly folds: Folds;
  readonly opens: (rule: ShownAlertRule) => boolean;
  /** Whether inactive rules stand among the others. */
  readonly quietToo: boolean;
  /** So many "Open all" opens. */
  readonly most: number;
}

function GroupRules({ shown: { group, key, rules }, quietToo, ...others }: GroupRulesProps) {
  const { lively, quiet } = quietToo ? { lively: rules, quiet: [] } : splitQuiet(rules);
  const { folds, most } = others;
  const quietKey = `inactive;${key}`;
  const opened = folds.isOpen(quietKey, false);
  return (
    <div className={classes.inner}>
      <RuleLines rules={lively} pageKey={`page.${key}`} what={`of the rules of ${group.name}`} level={3} {...others} />
      {quiet.length > 0 && (
        <Fold
          title={counted(quiet.length, 'inactive rule')}
          level={3}
          opened={opened}
          onToggle={() => folds.set(quietKey, !opened)}
          tone="good"
        >
          <div className={classes.inner}>
            <RuleLines
              rules={quiet}
              pageKey={`page.${quietKey}`}
              what={`of the inactive rules of ${group.name}`}
              level={4}
              {...others}
              most={most - Math.min(lively.length, RULES_A_PAGE)}
            />
          </div>
        </Fold>
      )}
    </div>
  );
}

interface RuleLinesProps extends Pick<GroupRulesProps, 'folds' | 'opens' | 'most'> {
  readonly rules: readonly ShownAlertRule[];
  /** In the address. */
  readonly pageKey: string;
  /** Of the pages. */
  readonly what: string;
  /** Of the headings. */
  readonly level: 3 | 4;
}

function RuleLines({ rules, pageKey, what, level, folds, opens, most }: RuleLinesProps) {
  const paged = usePaged(rules, RULES_A_PAGE, pageKey);
  return (
    <>
      {paged.shown.map((rule, i) => {
        const opened = folds.isOpen(rule.key, opens(rule), i < most);
        return <AlertRule key={rule.key} shown={rule} level={level} opened={opened} onToggle={() => folds.set(rule.key, !opened)} />;
      })}
      <Pager paged={paged} what={what} />
    </>
  );
}

/** Alerts, of which a rule may have thousands; the filters above count rules. */
function foundText({ rules, firing, pending }: AlertCounts): string {
  return `${counted(rules, 'rule')}, ${counted(firing, 'firing alert')}, ${counted(pending, 'pending alert')}`;
}

function Counts({ counts: { firing, pending, inactive, unknown } }: { readonly counts: StateCounts }) {
  return (
    <>
      {firing > 0 && <StateBadge tone="bad">{counted(firing, 'rule')} firing</StateBadge>}
      {pending > 0 && <StateBadge tone="odd">{counted(pending, 'rule')} pending</StateBadge>}
      {inactive > 0 && <StateBadge tone="good">{counted(inactive, 'rule')} inactive</StateBadge>}
      {unknown > 0 && <StateBadge tone="quiet">{counted(unknown, 'rule')} not evaluated yet</StateBadge>}
    </>
  );
}
