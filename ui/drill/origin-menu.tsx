// From a row of a result to where it came from: which sources federate its series, and the same expression there.
import { Loader, Popover, Stack, Text } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { useState } from 'react';
import type { FederationOrigin, FederationOrigins, LabelMap } from '../../src/answers/index.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { OutsideLink } from '../components/outside-link.tsx';
import { RowButton } from '../components/row-button.tsx';
import { counted } from '../format/number.ts';
import { reachedAddress } from '../format/reached-address.ts';
import type { PanelTab } from '../panels/panel-address.ts';
import { useAnswer } from '../server/use-answer.ts';
import { LastGoodPull } from './failing-sources.tsx';
import { MadeHere } from './made-here.tsx';
import classes from './origin-menu.module.css';
import { originSelectors, selectedNames } from './origin-selectors.ts';
import { useOwnSources } from './own-sources.ts';
import { addressThere, type Shown, sourceAddress } from './source-address.ts';

interface Props {
  readonly expr: string;
  /** The labels of the row. */
  readonly row: LabelMap;
  readonly rangeMs: number;
  /** Null: now. */
  readonly endMs: number | null;
  readonly tab: PanelTab;
}

/** A rule more is no help. */
const MOST_RULES = 5;

/** No more than a button until it is opened, for there is one in every row; of a server with sources (`useHasSources`). */
export function OriginMenu(props: Props) {
  const [used, setUsed] = useState(false);
  if (used) return <OpenedMenu {...props} />;
  return (
    <RowButton aria-haspopup="dialog" aria-expanded={false} onClick={() => setUsed(true)}>
      <IconRoute size={14} aria-hidden /> Source
    </RowButton>
  );
}

function OpenedMenu(props: Props) {
  const [opened, setOpened] = useState(true);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      shadow="md"
      width={400}
      trapFocus
      returnFocus
      withinPortal
      withRoles={false}
    >
      <Popover.Target>
        <RowButton
          // It stands in for the button that was pressed, and focus comes back to it.
          autoFocus
          aria-haspopup="dialog"
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          <IconRoute size={14} aria-hidden /> Source
        </RowButton>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label="Where this comes from" className={classes.menu} tabIndex={-1} data-autofocus>
        {opened && <Origins {...props} onLeave={() => setOpened(false)} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function Origins({ expr, row, rangeMs, endMs, tab, onLeave }: Props & { readonly onLeave: () => void }) {
  const selectors = originSelectors(expr, row);
  const parameters = { 'match[]': selectors, rules: 1 };
  const { data, error } = useAnswer<FederationOrigins>('/federation/origins', parameters, {
    method: 'POST',
    enabled: selectors.length > 0,
  });
  if (selectors.length === 0) return <Text fz="sm">No series stands behind this row.</Text>;
  if (error !== null) return <ErrorNote error={error} title="Where this comes from is not known" />;
  if (data === undefined) {
    return (
      <Text fz="sm" role="status">
        <Loader size="xs" aria-hidden /> Asking where this comes from…
      </Text>
    );
  }
  const { origins, other } = data.data;
  return (
    <Stack gap="sm">
      {origins.map((origin, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two jobs may pull from one instance; the list does not change while it is shown
        <Origin key={i} expr={expr} origin={reached(origin)} shown={{ rangeMs, endMs, tab }} />
      ))}
      {origins.length === 0 && (
        <Text fz="sm">
          {other > 0 ? 'Not federated: scraped or made here.' : 'No series is found now: it may have ended, or its source is gone.'}
        </Text>
      )}
      {other > 0 && <MadeHere names={selectedNames(selectors)} shown={{ rangeMs, endMs, tab }} onLeave={onLeave} />}
      {origins.length > 0 && other > 0 && (
        <Text fz="xs" c="dimmed">
          {counted(other, 'series', 'series')} more {other === 1 ? 'was' : 'were'} scraped or made here.
        </Text>
      )}
    </Stack>
  );
}

/** With the address of its pages for this browser. */
const reached = (origin: FederationOrigin): FederationOrigin => ({
  ...origin,
  webUrl: reachedAddress(origin.webUrl, window.location.hostname),
});

function Origin({ expr, origin, shown }: { readonly expr: string; readonly origin: FederationOrigin; readonly shown: Shown }) {
  const { job, instance, series, webUrl, rules, rulesError } = origin;
  const there = sourceAddress(expr, origin, shown);
  const failing = useOwnSources().find((source) => source.job === job && source.url === origin.url && source.health === 'down');
  return (
    <div>
      <Text fz="sm">
        From job <b>{job}</b> at <b>{instance}</b>, {counted(series, 'series', 'series')}
      </Text>
      {failing !== undefined && (
        <Text fz="sm" c="var(--mantine-color-error)">
          This source cannot be pulled ({failing.lastError}), <LastGoodPull source={failing} />: what is shown of it may be old.
        </Text>
      )}
      {there === null ? (
        <Text fz="xs" c="dimmed">
          The address of its pages is not known.
        </Text>
      ) : (
        <OutsideLink href={there} fz="sm">
          Open this expression there
        </OutsideLink>
      )}
      {rules.slice(0, MOST_RULES).map(({ name, query }) => (
        <div key={`${name} ${query}`} className={classes.rule}>
          <OutsideLink href={addressThere(webUrl, query, shown) ?? ''} fz="sm">
            Open the aggregation's own expression there
          </OutsideLink>
          <Text fz="xs" ff="monospace" c="dimmed" lineClamp={3} className={classes.query}>
            {name} = {query}
          </Text>
        </div>
      ))}
      {rulesError !== '' && (
        <Text fz="xs" c="dimmed">
          Its recording rules are not known: {rulesError}
        </Text>
      )}
    </div>
  );
}
