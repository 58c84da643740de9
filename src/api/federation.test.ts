import { expect, test } from 'vitest';
import type { FederationServer } from '../answers/index.ts';
import { federationRoutes } from './federation.ts';
import type { FederationTreeQuestion } from './ports.ts';
import type { ApiRequest } from './route.ts';

/** What the tree is asked, or why it is not. */
async function asked(query: string): Promise<FederationTreeQuestion | string> {
  let question: FederationTreeQuestion | null = null;
  const answer = async (one: FederationTreeQuestion): Promise<FederationServer> => {
    question = one;
    return {} as FederationServer;
  };
  const [route] = federationRoutes({ federation: { answer } });
  try {
    await route.handle({ params: new URLSearchParams(query) } as ApiRequest);
  } catch (error) {
    return (error as Error).message;
  }
  return question!;
}

test('parameters', async () => {
  const check = async (query: string, expected: Partial<FederationTreeQuestion> | string): Promise<void> => {
    const all = { depth: 8, via: [], timeoutMs: null, pulls: 120 };
    expect([query, await asked(query)]).toEqual([query, typeof expected === 'string' ? expected : { ...all, ...expected }]);
  };
  await check('', {});
  await check('depth=&via=&timeout=&history=', {});
  await check('depth=0&history=0', { depth: 0, pulls: 0 });
  await check('depth=99&via=A,B&timeout=1.5&history=5', { depth: 99, via: ['A', 'B'], timeoutMs: 1500, pulls: 5 });
  await check('via=A&via=B-_,&timeout=2s', { via: ['A', 'B-_'], timeoutMs: 2000 });
  await check('depth=-1&timeout=-1', {});
  await check('depth=x', 'depth must be a number');
  await check('history=1.5', 'history must be a number');
  await check('timeout=x', 'invalid parameter "timeout": cannot parse "x" to a valid duration');
  await check('via=a%20b', 'wrong id in via: got "a b", want letters, digits, - and _');
  await check(`via=${'a'.repeat(65)}`, `wrong id in via: got "${'a'.repeat(65)}", want letters, digits, - and _`);
  await check(`via=${'a,'.repeat(65)}`, 'too many ids in via: got 65, want at most 64');
});
