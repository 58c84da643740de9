// The targets of one pool as they were found, beside what became of them.
import { EmptyNote } from '../components/empty-note.tsx';
import { LabelSet } from '../components/label-set.tsx';
import { Pager, usePaged } from '../components/pager.tsx';
import { ShowButton } from '../components/show-button.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { useFolds } from '../components/use-folds.ts';
import type { DiscoveredPool, DiscoveredTarget } from './discovered.ts';
import classes from './discovered-table.module.css';
import { RelabelSteps } from './relabel-steps.tsx';

const PAGE_SIZE = 25;

export function DiscoveredTable({ pool }: { readonly pool: DiscoveredPool }) {
  const paged = usePaged(pool.shown, PAGE_SIZE, `page.${pool.name}`);
  if (pool.shown.length === 0)
    return (
      <div className={classes.note}>
        <EmptyNote>
          {pool.dropped > 0
            ? 'All targets of this pool were dropped, and none of them is kept to be shown: see keep_dropped_targets in the configuration.'
            : 'Nothing was found for this pool: look at its discovery in the configuration, and at the log.'}
        </EmptyNote>
      </div>
    );
  return (
    <>
      <ul className={classes.list}>
        {paged.shown.map((target) => (
          <Entry key={JSON.stringify([target.discovered, target.active?.labels])} pool={pool.name} target={target} />
        ))}
      </ul>
      <Pager paged={paged} what={`of what was found for ${pool.name}`} />
    </>
  );
}

function Entry({ pool, target: { discovered, active } }: { readonly pool: string; readonly target: DiscoveredTarget }) {
  const address = discovered.__address__ ?? 'a target without an address';
  const folds = useFolds();
  const key = `${pool} ${address}`;
  const shown = folds.isOpen(key, false, false);
  return (
    <li className={classes.entry}>
      <div className={classes.sides}>
        <div>
          <div className={classes.side}>Found</div>
          <LabelSet labels={discovered} />
        </div>
        <div>
          <div className={classes.side}>
            After relabelling{' '}
            {active === null ? <StateBadge tone="quiet">dropped</StateBadge> : <StateBadge tone="good">active</StateBadge>}
          </div>
          {active === null ? <span className={classes.dropped}>Dropped: it is not scraped.</span> : <LabelSet labels={active.labels} />}
        </div>
      </div>
      <div className={classes.steps}>
        <ShowButton what="the relabelling steps" of={address} shown={shown} onToggle={() => folds.set(key, !shown)} />
      </div>
      {shown && <RelabelSteps pool={pool} labels={discovered} />}
    </li>
  );
}
