// Who pulls from whom: the tree of servers around this one, how fresh what flows is, what it costs, and what is wrong.
import { Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useMemo, useRef } from 'react';
import type { FederationServer } from '../../src/answers/index.ts';
import { Answered } from '../components/answered.tsx';
import { PageHead } from '../components/page-head.tsx';
import { useLate } from '../components/use-late.ts';
import { useUrlList, useUrlText } from '../components/use-url-state.ts';
import { STATE_EVERY_MS, useAnswer } from '../server/use-answer.ts';
import { AsOf } from './as-of.tsx';
import { CostPreview } from './cost-preview.tsx';
import { Detail } from './detail.tsx';
import classes from './federation-page.module.css';
import { ConsumersTable, SourcesTable } from './federation-tables.tsx';
import { DEFAULT_INTERVAL, intervalOf, type Preview } from './interval.ts';
import { Outline } from './outline.tsx';
import { Picture } from './picture.tsx';
import { useSelection } from './selection.ts';
import { NoConsumers, NoSources } from './teaching.tsx';
import { treeOf } from './tree.ts';
import { warningList } from './warning-list.ts';
import { WarningPanel } from './warning-panel.tsx';

/** Levels of servers, and pulls of each that the charts show. */
const QUESTION = { depth: 8, history: 60 };
/** This server alone, which waits for nobody. */
const ALONE = { ...QUESTION, depth: 1 };
/** Sources that are well have answered by then. */
const PATIENCE_MS = 400;
/** Below this the picture has no room. */
const NARROW = '(max-width: 44em)';

export default function FederationPage() {
  const whole = useAnswer<FederationServer>('/federation', QUESTION, { everyMs: STATE_EVERY_MS, isWaiting: true, keepPrevious: true });
  const isLate = useLate(whole.isPending, PATIENCE_MS);
  const alone = useAnswer<FederationServer>('/federation', ALONE, { enabled: isLate, everyMs: STATE_EVERY_MS });
  const isAsking = whole.data === undefined && whole.error === null && alone.data !== undefined;
  const result = isAsking ? alone : whole;
  return (
    <>
      <PageHead title="Federation">
        <AsOf updatedAtMs={result.dataUpdatedAt} isAsking={whole.isFetching} isIncomplete={isAsking} />
      </PageHead>
      <Answered result={result} what="the federation">
        {(server) => <Federation server={server} isAsking={isAsking} />}
      </Answered>
    </>
  );
}

interface Props {
  readonly server: FederationServer;
  /** What its sources say is still to come. */
  readonly isAsking: boolean;
}

function Federation({ server, isAsking }: Props) {
  const tree = useMemo(() => treeOf(isAsking ? withoutErrors(server) : server, window.location.hostname), [server, isAsking]);
  const warnings = useMemo(() => warningList(tree), [tree]);
  const isNarrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  const selection = useSelection();
  const [, setMatch] = useUrlList('match');
  const [, setInterval] = useUrlText('interval', DEFAULT_INTERVAL);
  const detail = useRef<HTMLDivElement>(null);
  const cost = useRef<HTMLDivElement>(null);
  const { sources, consumers } = tree;
  const isAlone = sources.length === 0 && consumers.length === 0;

  /** From anywhere but the picture, beside which the details stand. */
  const selectAndGo = (key: string): void => {
    selection.select(key);
    detail.current?.focus();
  };
  const preview: Preview = (selectors, everySeconds) => {
    setMatch(selectors);
    if (everySeconds > 0) setInterval(intervalOf(everySeconds));
    cost.current?.focus();
  };

  return (
    <Stack gap="md">
      <WarningPanel warnings={warnings} onSelect={selectAndGo} />
      {server.truncated && !isAsking && (
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

/** That its sources were not asked is no news. */
function withoutErrors(server: FederationServer): FederationServer {
  return { ...server, sources: server.sources.map((source) => ({ ...source, serverError: '' })) };
}
