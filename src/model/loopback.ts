// Addresses that mean the machine on which they are read.

/** @param hostname as a URL has it: IPv6 in brackets */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]|0\.0\.0\.0|\[::\])\.?$/i.test(
    hostname,
  );
}
