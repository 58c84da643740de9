// Addresses as Go's package net splits them: `host:port`, `[::1]:port`.

import { isIP } from 'node:net';

/** Go's net.SplitHostPort, null where it fails: no port, too many colons, brackets that do not fit. */
export function splitHostPort(text: string): { host: string; port: string } | null {
  const found = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(text);
  return found === null ? null : { host: found[1] ?? found[2], port: found[3] };
}

export function stripPort(text: string): string {
  return splitHostPort(text)?.host ?? text;
}

/** The first part of a host's name, with its port; an IP address stays as it is. */
export function stripDomain(text: string): string {
  const split = splitHostPort(text);
  const host = split?.host ?? text;
  if (isIpAddress(host)) return text;
  const [name] = host.split('.');
  if (split === null || split.port === '') return name;
  return name.includes(':') || name.includes('%') ? `[${name}]:${split.port}` : `${name}:${split.port}`;
}

/** Go's net.ParseIP takes no zones and no leading zeros. */
function isIpAddress(host: string): boolean {
  return !host.includes('%') && isIP(host) !== 0;
}
