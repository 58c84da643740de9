// /rules: what is evaluated, by file and group, and how it goes.
import { Group } from '@mantine/core';
import { Fragment } from 'react';
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
import { useFolds } from '../components/use-folds.ts';
import { useSearch } from '../components/use-search.ts';
import { useUrlList } from '../components/use-url-state.ts';
import { counted, formatCount } from '../format/number.ts';
import { msOf } from '../format/time.ts';
import { STATE_EVERY_MS, useAnswer } from '../server/use-answer.ts';
import classes from './group.module.css';
import { GroupAside } from './group-aside.tsx';
import { opensByItself, type ShownGroup, shownGroups } from './rule-groups.ts';
import { RuleList } from './rule-list.tsx';

/** With all of them open, and as many rules in each as one shows, a page is still drawn in a second. */
const GROUPS_A_PAGE = 20;

export default function RulesPage() {
  const result = useAnswer<RulesAnswer>('/rules', { exclude_alerts: 'true' }, { everyMs: STATE_EVERY_MS });
  return (
    <>
      <PageHead title="Rules" />
      <Answered result={result} what="the rules">
        {({ groups }) =>
          groups.length === 0 ? (
            <EmptyNote>No rules are loaded. Name files of them below rule_files in the configuration file, and reload it.</EmptyNote>
          ) : (
            <GroupList groups={groups} />
          )
        }
      </Answered>
    </>
  );
}

function GroupList({ groups }: { readonly groups: readonly RuleGroupAnswer[] }) {
  const [types, setTypes] = useUrlList('type', 'step');
  const [health, setHealth] = useUrlList('health', 'step');
  const [search, setSearch] = useSearch();
  const folds = useFolds(search);
  const shown = shownGroups(groups, { types, health, search });
  const opens = opensByItself(shown, search);
  const paged = usePaged(shown, GROUPS_A_PAGE, 'page');
  const all = groups.flatMap(({ rules }) => rules);
  const count = (wanted: (rule: (typeof all)[number]) => boolean): number => all.filter(wanted).length;
  const found = shown.reduce((sum, { rules }) => sum + rules.length, 0);
  return (
    <>
      <Group gap="xs" mb="md">
        <FilterChips
          label="Type"
          choices={[
            { value: 'alerting', label: 'Alerting', count: count(({ type }) => type === 'alerting') },
            { value: 'recording', label: 'Recording', count: count(({ type }) => type === 'recording') },
          ]}
          chosen={types}
          onChange={setTypes}
        />
        <FilterChips
          label="Health"
          choices={[
            { value: 'ok', label: 'OK', tone: 'good', count: count(({ health }) => health === 'ok') },
            { value: 'err', label: 'Failing', tone: 'bad', count: count(({ health }) => health === 'err') },
            { value: 'unknown', label: 'Unknown', tone: 'odd', count: count(({ health }) => health === 'unknown') },
          ]}
          chosen={health}
          onChange={setHealth}
        />
        <SearchField label="Search names, expressions, labels" value={search} onChange={setSearch} />
        <FoldButtons folds={folds} />
      </Group>
      {found === 0 ? (
        <EmptyNote>No rule is as the filters above want it: {counted(all.length, 'rule')} in all. Take one filter away.</EmptyNote>
      ) : (
        <FoundNote>{`${found === all.length ? '' : `${formatCount(found)} of `}${counted(all.length, 'rule')} in ${counted(shown.length, 'group')}`}</FoundNote>
      )}
      {paged.shown.map((one, i) => {
        const { file, name } = one.group;
        const opened = folds.isOpen(one.key, opens(one));
        return (
          <Fragment key={one.key}>
            {(i === 0 || paged.shown[i - 1].group.file !== file) && <h2 className={classes.file}>{file}</h2>}
            <Fold
              title={name}
              level={3}
              opened={opened}
              onToggle={() => folds.set(one.key, !opened)}
              tone={one.failing > 0 ? 'bad' : one.late ? 'odd' : msOf(one.group.lastEvaluation) === null ? 'quiet' : 'good'}
              aside={
                <>
                  <GroupCounts shown={one} />
                  <GroupAside group={one.group} />
                </>
              }
            >
              <RuleList shown={one} />
            </Fold>
          </Fragment>
        );
      })}
      <Pager paged={paged} what="of groups" />
    </>
  );
}

function GroupCounts({ shown: { group, rules, failing } }: { readonly shown: ShownGroup }) {
  return (
    <>
      {failing > 0 && <StateBadge tone="bad">{formatCount(failing)} failing</StateBadge>}
      <span className={classes.fact}>
        {rules.length < group.rules.length && `${formatCount(rules.length)} of `}
        {counted(group.rules.length, 'rule')}
      </span>
    </>
  );
}
