import { useNow } from '../format/now.ts';
import { formatAgo, useTimeFormat } from '../format/time.ts';

/** `12 s ago`, which grows; the time itself on hovering. Of what is past: a server whose clock is ahead says `0 s ago`. */
export function Ago({ ms }: { readonly ms: number | null }) {
  const nowMs = useNow();
  const timeOf = useTimeFormat();
  if (ms === null) return <span>never</span>;
  return (
    <time dateTime={new Date(ms).toISOString()} title={timeOf(ms)}>
      {formatAgo(ms, Math.max(nowMs, ms))}
    </time>
  );
}
