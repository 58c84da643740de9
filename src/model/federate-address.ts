// Where another server is: a target whose path ends in /federate is one, and what stands before that is where its API and its pages are.

/** How the path of another server's answer ends. */
export const FEDERATE = '/federate';

export interface FederateAddress {
  /** What stands before `/federate`; without credentials and parameters. */
  readonly base: string;
  /** `match[]`, as the address has them. */
  readonly selectors: readonly string[];
}

/** Null for all other addresses. */
export function federateAddress(text: string): FederateAddress | null {
  // Nearly no target is another server, and an address costs microseconds to parse.
  const url = text.includes(FEDERATE) ? URL.parse(text) : null;
  if (url === null || !url.pathname.endsWith(FEDERATE) || !/^https?:$/.test(url.protocol)) return null;
  const base = `${url.protocol}//${url.host}${url.pathname.slice(0, -FEDERATE.length)}`;
  return { base, selectors: url.searchParams.getAll('match[]') };
}
