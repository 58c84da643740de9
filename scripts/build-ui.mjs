// Builds the web application into build/ui, each file also compressed as browsers take it: the server compresses none of them anew.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const LEAST_BYTES = 1024;
const root = fileURLToPath(new URL('..', import.meta.url));

await build({ configFile: join(root, 'ui/vite.config.ts'), logLevel: 'warn' });
const assets = join(root, 'build/ui/assets');
for (const name of readdirSync(assets)) {
  const bytes = readFileSync(join(assets, name));
  if (bytes.length < LEAST_BYTES) continue;
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(join(assets, `${name}.br`), brotliCompressSync(bytes, { params }));
  writeFileSync(join(assets, `${name}.gz`), gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
}
