// The blocks on disk: what time each covers, and what it holds.
import type { BlockMeta } from '../../src/answers/index.ts';
import { EmptyNote } from '../components/empty-note.tsx';
import table from '../components/table.module.css';
import { Wide } from '../components/wide.tsx';
import { counted, formatCount } from '../format/number.ts';
import { formatSeconds, useTimeFormat } from '../format/time.ts';
import classes from './blocks.module.css';
import status from './status.module.css';

export function Blocks({ blocks }: { readonly blocks: readonly BlockMeta[] }) {
  const timeOf = useTimeFormat();
  if (blocks.length === 0)
    return (
      <div className={status.inset}>
        <EmptyNote>None yet: samples stay in the head for some hours before the first block is written.</EmptyNote>
      </div>
    );
  const newest = [...blocks].sort((a, b) => b.maxTime - a.maxTime || b.minTime - a.minTime);
  return (
    <>
      <Timeline blocks={newest} />
      <Wide name="Blocks">
        <table className={`${table.table} ${classes.table}`}>
          <thead>
            <tr>
              <th scope="col">ULID</th>
              <th scope="col">From</th>
              <th scope="col">To</th>
              {['Duration', 'Series', 'Samples', 'Chunks', 'Level'].map((name) => (
                <th key={name} scope="col" className={table.number}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {newest.map(({ ulid, minTime, maxTime, stats, compaction }) => (
              <tr key={ulid}>
                <th scope="row" className={table.code}>
                  {ulid}
                </th>
                <td className={classes.time}>{timeOf(minTime)}</td>
                <td className={classes.time}>{timeOf(maxTime)}</td>
                <td className={table.number}>{formatSeconds((maxTime - minTime) / 1000)}</td>
                <td className={table.number}>{formatCount(stats?.numSeries ?? 0)}</td>
                <td className={table.number}>{formatCount(stats?.numSamples ?? 0)}</td>
                <td className={table.number}>{formatCount(stats?.numChunks ?? 0)}</td>
                <td className={table.number}>{compaction.level}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </>
  );
}

/** A row for each level of compaction, so that blocks of one time are seen to overlap. */
function Timeline({ blocks }: { readonly blocks: readonly BlockMeta[] }) {
  const timeOf = useTimeFormat();
  const startMs = blocks.reduce((least, { minTime }) => Math.min(least, minTime), Infinity);
  const endMs = blocks.reduce((most, { maxTime }) => Math.max(most, maxTime), -Infinity);
  const share = (ms: number): string => `${(100 * ms) / Math.max(endMs - startMs, 1)}%`;
  const levels = [...new Set(blocks.map(({ compaction }) => compaction.level))].sort((a, b) => a - b);
  return (
    <figure className={classes.timeline}>
      {levels.map((level) => (
        <div key={level} className={classes.level}>
          <span className={classes.name}>Level {level}</span>
          <div className={classes.bars} aria-hidden>
            {blocks
              .filter(({ compaction }) => compaction.level === level)
              .map(({ ulid, minTime, maxTime }) => (
                <span
                  key={ulid}
                  className={classes.bar}
                  title={`${ulid}: ${timeOf(minTime)} – ${timeOf(maxTime)}`}
                  style={{ left: share(minTime - startMs), width: share(maxTime - minTime) }}
                />
              ))}
          </div>
        </div>
      ))}
      <figcaption className={classes.caption}>
        <span>{timeOf(startMs)}</span>
        <span>{counted(blocks.length, 'block')}</span>
        <span>{timeOf(endMs)}</span>
      </figcaption>
    </figure>
  );
}
