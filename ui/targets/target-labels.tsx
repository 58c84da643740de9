// A target's labels, and on demand those that it had before relabelling: the first thing to look at when a label is not as expected.
import { Link } from 'react-router';
import type { TargetAnswer } from '../../src/answers/index.ts';
import { LabelSet } from '../components/label-set.tsx';
import { ShowButton } from '../components/show-button.tsx';
import { useFolds } from '../components/use-folds.ts';
import classes from './target-labels.module.css';

export function TargetLabels({ target: { labels, discoveredLabels, scrapePool, scrapeUrl } }: { readonly target: TargetAnswer }) {
  const folds = useFolds();
  // Of two targets with the same URL both open: with its labels in it the address would be too long.
  const key = `${scrapePool} ${scrapeUrl}`;
  const shown = folds.isOpen(key, false, false);
  return (
    <>
      <div>
        <LabelSet labels={labels} />
      </div>
      <div>
        <ShowButton what="labels before relabelling" of={scrapeUrl} shown={shown} onToggle={() => folds.set(key, !shown)} />
      </div>
      {shown && (
        <div className={classes.before}>
          <LabelSet labels={discoveredLabels} />
          <Link to={{ pathname: '/service-discovery', search: `?${new URLSearchParams({ pool: scrapePool })}` }} className={classes.link}>
            All that was found for {scrapePool}
          </Link>
        </div>
      )}
    </>
  );
}
