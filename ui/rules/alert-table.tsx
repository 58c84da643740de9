// The active alerts of one rule, a page at a time.
import type { AlertAnswer } from '../../src/answers/index.ts';
import { Ago } from '../components/ago.tsx';
import { LabelSet } from '../components/label-set.tsx';
import { type Paged, Pager } from '../components/pager.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import table from '../components/table.module.css';
import { Wide } from '../components/wide.tsx';
import { msOf } from '../format/time.ts';
import classes from './alert-table.module.css';
import { Annotations } from './rule-definition.tsx';

interface Props {
  readonly paged: Paged<AlertAnswer>;
  readonly ruleName: string;
}

export function AlertTable({ paged, ruleName }: Props) {
  return (
    <>
      <Wide name={`Active alerts of ${ruleName}`}>
        <table className={`${table.table} ${classes.alerts}`}>
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Labels and annotations</th>
              <th scope="col">Active since</th>
              <th scope="col" className={table.number}>
                Value
              </th>
            </tr>
          </thead>
          <tbody>
            {paged.shown.map((alert) => (
              <tr key={JSON.stringify(alert.labels)} className={classes.row}>
                <td className={classes.whole}>
                  <StateBadge tone={alert.state === 'firing' ? 'bad' : 'odd'}>{alert.state}</StateBadge>
                  {alert.keepFiringSince !== undefined && (
                    <div className={classes.kept}>
                      kept, resolved <Ago ms={msOf(alert.keepFiringSince)} />
                    </div>
                  )}
                </td>
                <th scope="row" className={classes.whole}>
                  <LabelSet labels={alert.labels} without={['alertname']} />
                  <Annotations annotations={alert.annotations} />
                </th>
                <td className={classes.fact} data-name="active since">
                  <Ago ms={msOf(alert.activeAt)} />
                </td>
                <td className={`${table.number} ${classes.fact}`} data-name="value">
                  {shortValue(alert.value)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      <Pager paged={paged} what={`of the alerts of ${ruleName}`} />
    </>
  );
}

/** The API's `1e+00` as it is read. */
function shortValue(text: string): string {
  const value = Number(text);
  return Number.isFinite(value) && text !== '' ? String(value) : text;
}
