import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** A module whose only function, `f`, is `unreachable`. */
const TRAP = '0061736d010000000104016000000302010007050101660000' + '0a05010300000b';
const PRELUDE = `
  import { endOnUncaught } from './src/cli/uncaught.ts';
  import { createLogger } from './src/cli/logging.ts';
  endOnUncaught(createLogger({ level: 'info', format: 'logfmt', now: Date.now }));
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('${TRAP}', 'hex')), {}).exports;
  setTimeout(() => process.exit(0), 2000);
`;

const check = (name: string, code: string) =>
  test(`${name} ends the process and says so`, () => {
    const script = ['--input-type=module-typescript', '--disable-warning=ExperimentalWarning', '-e', PRELUDE + code];
    const { status, stderr } = spawnSync(process.execPath, script, { encoding: 'utf8' });
    expect(stderr).toContain('this is a bug');
    expect(stderr).toContain('RuntimeError: unreachable');
    expect(status).toBe(1);
  });

check('a trap', 'setImmediate(f);');
check('a trap in a promise', '(async () => { await null; f(); })();');
