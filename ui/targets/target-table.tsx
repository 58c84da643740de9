// The targets of one pool, a page at a time. Plain elements: there may be thousands.
import type { TargetAnswer, TargetHealth } from '../../src/answers/index.ts';
import { Ago } from '../components/ago.tsx';
import { EmptyNote } from '../components/empty-note.tsx';
import { Pager, usePaged } from '../components/pager.tsx';
import { StateBadge, type Tone } from '../components/state-badge.tsx';
import { formatSeconds, msOf } from '../format/time.ts';
import { TargetLabels } from './target-labels.tsx';
import { endpointOf, type TargetPool } from './target-pools.ts';
import classes from './target-table.module.css';

const PAGE_SIZE = 50;
const TONES: Readonly<Record<TargetHealth, Tone>> = { up: 'good', down: 'bad', unknown: 'odd' };

export function TargetTable({ pool }: { readonly pool: TargetPool }) {
  const paged = usePaged(pool.shown, PAGE_SIZE, `page.${pool.name}`);
  if (pool.total === 0) return <EmptyNote>This pool has no target now: see Service discovery for what was found and dropped.</EmptyNote>;
  return (
    <>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Endpoint and labels</th>
            <th scope="col">Last scrape</th>
            <th scope="col">Took</th>
            <th scope="col">Interval / timeout</th>
          </tr>
        </thead>
        <tbody>
          {paged.shown.map((target) => (
            <TargetRows key={`${target.scrapeUrl} ${JSON.stringify(target.labels)}`} target={target} />
          ))}
        </tbody>
      </table>
      <Pager paged={paged} what={`of the targets of ${pool.name}`} />
    </>
  );
}

function TargetRows({ target }: { readonly target: TargetAnswer }) {
  const { health, lastError, lastScrape, lastScrapeDuration, scrapeInterval, scrapeTimeout } = target;
  const scrapedMs = msOf(lastScrape);
  return (
    <>
      <tr className={classes.row}>
        <td className={classes.state}>
          <StateBadge tone={TONES[health]}>{health}</StateBadge>
        </td>
        <th scope="row" className={classes.endpoint}>
          <EndpointLink target={target} />
          <TargetLabels target={target} />
        </th>
        <td className={classes.fact} data-name="scraped">
          <Ago ms={scrapedMs} />
        </td>
        <td className={classes.fact} data-name="took">
          {scrapedMs === null ? '–' : formatSeconds(lastScrapeDuration)}
        </td>
        <td className={classes.fact} data-name="every">
          {scrapeInterval} <span className={classes.timeout}>/ {scrapeTimeout}</span>
        </td>
      </tr>
      {lastError !== '' && (
        <tr className={classes.error}>
          <td />
          <td colSpan={4}>
            <span className={classes.why}>Last error: </span>
            {lastError}
          </td>
        </tr>
      )}
    </>
  );
}

function EndpointLink({ target }: { readonly target: TargetAnswer }) {
  const { href, text, params } = endpointOf(target);
  return (
    <span className={classes.url}>
      {href === null ? (
        text
      ) : (
        <a href={href} target="_blank" rel="noreferrer" className={classes.link}>
          {text}
        </a>
      )}
      {params.length > 0 && <span className={classes.param}> {params.map(([name, value]) => `${name}=${value}`).join(' ')}</span>}
    </span>
  );
}
