// What each relabelling rule made of one target's labels.
import type { LabelMap, RelabelStepAnswer, RelabelStepsAnswer } from '../../src/answers/index.ts';
import { Answered } from '../components/answered.tsx';
import { EmptyNote } from '../components/empty-note.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { counted } from '../format/number.ts';
import { useAnswer } from '../server/use-answer.ts';
import { type ChangedLabel, changedLabels, ruleParts } from './discovered.ts';
import classes from './relabel-steps.module.css';

export function RelabelSteps({ pool, labels }: { readonly pool: string; readonly labels: LabelMap }) {
  const result = useAnswer<RelabelStepsAnswer>('/targets/relabel_steps', { scrapePool: pool, labels: JSON.stringify(labels) });
  return (
    <Answered result={result} what="the relabelling steps">
      {({ steps }) =>
        steps.length === 0 ? (
          <EmptyNote>This pool has no relabel_configs: labels stay as they were found, but for those that begin with __.</EmptyNote>
        ) : (
          <ol className={classes.steps}>
            {stepsToDrop(steps).map(({ rule, output, keep }, i, shown) => (
              <li key={JSON.stringify([i, rule])} className={classes.step}>
                <div className={classes.rule}>
                  {ruleParts(rule).map(([name, value]) => (
                    <span key={name}>
                      <span className={classes.name}>{name}:</span> {value === '' ? '""' : value}
                    </span>
                  ))}
                </div>
                {keep ? (
                  <Changes labels={changedLabels(i === 0 ? labels : shown[i - 1].output, output)} />
                ) : (
                  <StateBadge tone="bad">The target was dropped here</StateBadge>
                )}
              </li>
            ))}
          </ol>
        )
      }
    </Answered>
  );
}

/** A server may tell of the rules after the one that has dropped the target: they were not applied. */
function stepsToDrop(steps: readonly RelabelStepAnswer[]): readonly RelabelStepAnswer[] {
  const dropped = steps.findIndex(({ keep }) => !keep);
  return dropped < 0 ? steps : steps.slice(0, dropped + 1);
}

const SIGNS = { added: '+', changed: '~', removed: '−', same: '' } as const;

function Changes({ labels }: { readonly labels: readonly ChangedLabel[] }) {
  const changes = labels.filter(({ change }) => change !== 'same');
  if (changes.length === 0) return <span className={classes.none}>Kept, nothing changed: {counted(labels.length, 'label')}.</span>;
  return (
    <ul className={classes.changes}>
      {changes.map(({ name, value, change }) => (
        <li key={name} className={classes.change} data-change={change}>
          <span aria-hidden>{SIGNS[change]}</span> <span className={classes.kind}>{change}</span> {name}="{value}"
        </li>
      ))}
    </ul>
  );
}
