// The warnings of the whole tree above everything else, each with the places where it holds.
import { Anchor } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useUrlText } from '../components/use-url-state.ts';
import { counted, formatCount } from '../format/number.ts';
import type { ListedWarning } from './warning-list.ts';
import classes from './warning-panel.module.css';

interface Props {
  readonly warnings: readonly ListedWarning[];
  readonly onSelect: (key: string) => void;
}

const FEW = 3;
const FEW_PLACES = 4;

/** Nothing without warnings. */
export function WarningPanel({ warnings, onSelect }: Props) {
  const [shown, setShown] = useUrlText('warnings', 'few');
  if (warnings.length === 0) return null;
  const all = shown === 'all';
  const isMore = warnings.length > FEW || warnings.some(({ places }) => places.length > FEW_PLACES);
  return (
    <section className={classes.panel} aria-labelledby="federation-warnings">
      <h2 id="federation-warnings" className={classes.title}>
        <IconAlertTriangle size={16} aria-hidden /> {counted(warnings.length, 'warning')}
      </h2>
      <ul className={classes.list}>
        {(all ? warnings : warnings.slice(0, FEW)).map(({ code, message, places }) => (
          <li key={`${code} ${message}`}>
            {message}{' '}
            <span className={classes.places}>
              At{' '}
              {(all ? places : places.slice(0, FEW_PLACES)).map(({ key, name }, i) => (
                <span key={`${key} ${name}`}>
                  {i > 0 && ', '}
                  <Anchor component="button" type="button" fz="inherit" ta="left" onClick={() => onSelect(key)}>
                    {name}
                  </Anchor>
                </span>
              ))}
              {!all && places.length > FEW_PLACES && `, and ${formatCount(places.length - FEW_PLACES)} more`}
            </span>
          </li>
        ))}
      </ul>
      {isMore && (
        <Anchor component="button" type="button" fz="sm" onClick={() => setShown(all ? 'few' : 'all')}>
          {all ? 'Show fewer' : warnings.length > FEW ? `Show all ${formatCount(warnings.length)} warnings` : 'Show all places'}
        </Anchor>
      )}
    </section>
  );
}
