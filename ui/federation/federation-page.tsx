// Who pulls from whom: the tree of servers around this one, how fresh what flows is, what it costs, and what is wrong.
import { Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useMemo, useRef } from 'react';
import type { FederationServer } from '../../src/answers/index.ts';
import { Answered } from '../components/answered.tsx';
import { PageHead } from '../components/page-head.tsx';
import { useUrlList } from '../components/use-url-state.ts';
import { STATE_EVERY_MS, useAnswer } from '../server/use-answer.ts';
import { AsOf } from './as-of.tsx';
import { CostPreview } from './cost-preview.tsx';
import { Detail } from './detail.tsx';
import classes from './federation-page.module.css';
import { ConsumersTable, SourcesTable } from './federation-tables.tsx';
import { Outline } from './outline.tsx';
import { Picture } from './picture.tsx';
import { useSelection } from './selection.ts';
import { NoConsumers, NoSources } from './teaching.tsx';
import { treeOf } from './tree.ts';
import { warningList } from './warning-list.ts';
import { WarningPanel } from './warning-panel.tsx';

/** Levels of servers, and pulls of each that the charts show. */
const QUESTION = { depth: 8, history: 60 };
/** Below this the picture has no room. */
const NARROW = '(max-width: 44em)';

export default function FederationPage() {
  const result = useAnswer<FederationServer>('/federation', QUESTION, { everyMs: STATE_EVERY_MS, keepPrevious: true });
  return (
    <>
      <PageHead title="Federation">
        <AsOf updatedAtMs={result.dataUpdatedAt} isAsking={result.isFetching} />
      </PageHead>
      <Answered result={result} what="the federation">
        {(server) => <Federation server={server} />}
      </Answered>
    </>
  );
}

function Federation({ server }: { readonly server: FederationServer }) {
  const tree = useMemo(() => treeOf(server, window.location.hostname), [server]);
  const warnings = useMemo(() => warningList(tree), [tree]);
  const isNarrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  const selection = useSelection();
  const [, setMatch] = useUrlList('match');
  const detail = useRef<HTMLDivElement>(null);
  const cost = useRef<HTMLDivElement>(null);
  const { sources, consumers } = tree;
  const isAlone = sources.length === 0 && consumers.length === 0;

  /** From anywhere but the picture, beside which the details stand. */
  const selectAndGo = (key: string): void => {
    selection.select(key);
    detail.current?.focus();
  };
  const preview = (selectors: readonly string[]): void => {
    setMatch(selectors);
    cost.current?.focus();
  };

  return (
    <Stack gap="md">
      <WarningPanel warnings={warnings} onSelect={selectAndGo} />
      {server.truncated && (
        <Text fz="sm">
          Some sources are left out: the tree is deeper or larger than one answer may be. Open the page of a source to see what is below it.
        </Text>
      )}
      <div className={classes.around}>
        {isNarrow ? (
          <Outline tree={tree} selection={{ ...selection, select: selectAndGo }} />
        ) : (
          <Picture tree={tree} selection={selection} />
        )}
        <Detail tree={tree} selection={selection} onPreview={preview} headRef={detail} />
      </div>
      <div className={isAlone ? classes.alone : classes.lists}>
        {sources.length === 0 ? (
          <NoSources isAlone={isAlone} />
        ) : (
          <SourcesTable tree={tree} selected={selection.key} onSelect={selectAndGo} />
        )}
        {consumers.length === 0 ? (
          <NoConsumers isAlone={isAlone} />
        ) : (
          <ConsumersTable tree={tree} selected={selection.key} onSelect={selectAndGo} />
        )}
      </div>
      <CostPreview headRef={cost} />
    </Stack>
  );
}
