// Series that a rule of this server made have no source of their own: what the rule makes them of has, so the way goes on there.
import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { RulesAnswer } from '../../src/answers/index.ts';
import { queryLink } from '../panels/panel-address.ts';
import { useAnswer } from '../server/use-answer.ts';
import classes from './origin-menu.module.css';
import type { Shown } from './source-address.ts';

/** A rule more is no help. */
const MOST_RULES = 5;

interface Props {
  readonly names: readonly string[];
  readonly shown: Shown;
  /** To be called when another expression is gone to. */
  readonly onLeave: () => void;
}

/** The recording rules of this server that make series of these names. */
export function MadeHere({ names, shown: { tab, rangeMs, endMs }, onLeave }: Props) {
  const { data } = useAnswer<RulesAnswer>('/rules', { type: 'record', 'rule_name[]': names }, { enabled: names.length > 0 });
  const rules = data?.data.groups.flatMap((group) => group.rules) ?? [];
  return rules.slice(0, MOST_RULES).map(({ name, query }) => (
    <div key={`${name} ${query}`} className={classes.rule}>
      <Text fz="sm">
        Made here by a rule:{' '}
        <Anchor component={Link} to={queryLink({ expr: query, tab, rangeMs, endMs })} fz="sm" onClick={onLeave}>
          open its expression
        </Anchor>
        , whose series have their own sources.
      </Text>
      <Text fz="xs" ff="monospace" c="dimmed" lineClamp={3} className={classes.query}>
        {name} = {query}
      </Text>
    </div>
  ));
}
