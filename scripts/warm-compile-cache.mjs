// Loads what the server loads, with NODE_COMPILE_CACHE set by the caller; nothing of it is started.
import { flushCompileCache } from 'node:module';

for (const entry of ['server', 'demo', 'rule-commands/run', 'query-worker', 'stored-blocks', 'background-worker', 'rule-reader-worker']) {
  try {
    await import(`../src/cli/${entry}.ts`);
  } catch (error) {
    // The workers' entries refuse to run outside a worker; they are compiled all the same.
    if (!entry.endsWith('-worker')) throw error;
  }
}
process.exitCode = 0;
flushCompileCache();
