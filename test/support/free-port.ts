// A TCP port on the loopback that nothing listens on, for servers that must be told theirs. Another process could take
// it before it is used; the kernel hands out ports in turn, so that hardly happens.

import { createServer } from 'node:net';

export async function freePort(): Promise<number> {
  const { port, close } = await listen(0);
  await close();
  return port;
}

/** The first of so many ports in a row, below those that systems give to connections: other tests' would be among them. */
export async function freePortsInRow(count: number): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const first = 12_000 + Math.floor(Math.random() * 18_000);
    const open: (() => Promise<void>)[] = [];
    try {
      for (let port = first; port < first + count; port++) open.push((await listen(port)).close);
      return first;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    } finally {
      for (const close of open) await close();
    }
  }
  throw new Error(`cannot find ${count} free ports in a row: got none in 100 tries`);
}

async function listen(port: number): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('cannot find a free port: got no TCP address');
  return { port: address.port, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
