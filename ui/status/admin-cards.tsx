// What --web.enable-admin-api allows; nothing of it without.
import type { FeaturesAnswer } from '../../src/answers/index.ts';
import { useAnswer } from '../server/use-answer.ts';
import { CleanTombstonesCard } from './clean-tombstones-card.tsx';
import { DeleteSeriesCard } from './delete-series-card.tsx';
import classes from './status.module.css';

export function AdminCards() {
  const features = useAnswer<FeaturesAnswer>('/features').data?.data;
  if (features?.api?.admin !== true) return null;
  return (
    <div className={classes.cards}>
      <DeleteSeriesCard />
      <CleanTombstonesCard />
    </div>
  );
}
