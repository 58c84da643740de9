// Where a federation source is: a target whose path ends in /federate is another server, and what stands before that is where its API and its
// pages are.

const FEDERATE = '/federate';

export interface SourceAddress {
  /** As it is scraped, without credentials and parameters. */
  readonly url: string;
  /** Before `/federate`; no slash at its end. */
  readonly base: string;
}

/** Null for a target that is no federation source. */
export function sourceAddress(scrapeUrl: string): SourceAddress | null {
  const url = URL.parse(scrapeUrl);
  if (url === null || !url.pathname.endsWith(FEDERATE)) return null;
  const base = `${url.protocol}//${url.host}${url.pathname.slice(0, -FEDERATE.length)}`;
  return { url: base + FEDERATE, base };
}
