// A loopback address that a server tells means that server's own machine: from here it is found under the host by which that is reached.
import { isLoopback } from '../../src/model/index.ts';
import { webUrl } from './web-url.ts';

/** @param host by which the browser reached the server that told the address; where that is a loopback one too, both are this machine */
export function reachedAddress(address: string, host: string): string {
  const url = webUrl(address);
  if (url === null || host === '' || isLoopback(host) || !isLoopback(url.hostname)) return address;
  url.hostname = host;
  return url.href.replace(/\/+$/, '');
}

/** '' where the address leads to no page. */
export function hostOf(address: string): string {
  return webUrl(address)?.hostname ?? '';
}
