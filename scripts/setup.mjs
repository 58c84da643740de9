// Installs what the project needs and builds the kernel. Idempotent; quick when there is nothing to do.
// Runs on any Node from 16 on: it is what chooses the Node that everything else runs on.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_VERSION = '24.21.0'; // what the npm package `node` provides where the machine's own is older than package.json's "engines"
const quiet = process.argv.includes('--quiet');
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (text) => process.stderr.write(`setup: ${text}\n`);
const ifVerbose = (text) => quiet || say(text);
const digest = (text) => createHash('sha256').update(text).digest('hex');
const readIf = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

function isAtLeast(version, wanted) {
  const [a, b] = [version, wanted].map((v) =>
    v
      .replace(/^[^\d]*/, '')
      .split('.')
      .map(Number),
  );
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i] > b[i];
  return true;
}

const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const toolNode = join(root, '.tools/node_modules/node/bin/node');
const npm = process.env.npm_execpath;

function runNpm(args, cwd, nodePath) {
  const env = { ...process.env, PATH: `${dirname(nodePath)}${delimiter}${process.env.PATH}` };
  // npm's own settings of an outer `npm run` must not leak into the inner npm.
  for (const name of Object.keys(env)) if (/^npm_(config|package|lifecycle)_/i.test(name)) delete env[name];
  const options = { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] };
  if (npm && /\.c?js$/.test(npm)) execFileSync(process.execPath, [npm, ...args], options);
  else execFileSync('npm', args, options);
}

/** The machine's own Node if it is recent enough, otherwise the one of the npm package `node`. */
function chooseNode() {
  if (isAtLeast(process.versions.node, packageJson.engines.node)) return process.execPath;
  const wanted = readIf(join(root, '.tools/version'));
  if (!existsSync(toolNode) || wanted !== NODE_VERSION) {
    say(
      `Node ${process.versions.node} is older than ${packageJson.engines.node}: installing the npm package node@${NODE_VERSION} into .tools/`,
    );
    mkdirSync(join(root, '.tools'), { recursive: true });
    writeFileSync(join(root, '.tools/package.json'), '{ "private": true }\n');
    runNpm(
      ['install', '--no-save', '--no-package-lock', '--loglevel=error', `node@${NODE_VERSION}`],
      join(root, '.tools'),
      process.execPath,
    );
    writeFileSync(join(root, '.tools/version'), NODE_VERSION);
  }
  return toolNode;
}

function installDependencies(nodePath) {
  const stamp = join(root, 'node_modules/.tributary-setup');
  const wanted = digest(readFileSync(join(root, 'package-lock.json')) + readFileSync(join(root, 'package.json')));
  if (readIf(stamp) === wanted) return ifVerbose('dependencies are up to date');
  say('installing dependencies (npm ci)');
  runNpm(['ci', '--loglevel=error'], root, nodePath);
  writeFileSync(stamp, wanted);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

function buildKernel(nodePath) {
  const sources = filesBelow(join(root, 'assembly')).filter((path) => path.endsWith('.ts'));
  const inputs = [...sources, join(root, 'package-lock.json'), fileURLToPath(import.meta.url)];
  const wanted = digest(inputs.map((path) => readFileSync(path)).join('\0'));
  const stamp = join(root, 'build/kernel.stamp');
  if (readIf(stamp) === wanted) return ifVerbose('the kernel is up to date');
  say('building the kernel (AssemblyScript)');
  mkdirSync(join(root, 'build'), { recursive: true });
  const shared = [
    'assembly/kernel.ts',
    '--runtime',
    'stub',
    '-O3',
    '--enable',
    'simd,threads,bulk-memory',
    '--importMemory',
    '--sharedMemory',
    '--initialMemory',
    '16',
    '--maximumMemory',
    '65536',
    '--exportStart',
    'start',
  ];
  const asc = join(root, 'node_modules/assemblyscript/bin/asc.js');
  const run = (extra) => execFileSync(nodePath, [asc, ...shared, ...extra], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  run(['--noAssert', '-o', 'build/kernel.wasm']);
  run(['--debug', '-o', 'build/kernel.checked.wasm']);
  writeFileSync(stamp, wanted);
}

/** The web application, of ui/ and what it takes from src/. */
function buildWebApplication(nodePath) {
  const sources = ['ui', 'src/answers', 'src/model', 'src/promql/parser']
    .flatMap((folder) => filesBelow(join(root, folder)))
    .filter((path) => !/\.test\.tsx?$/.test(path));
  const inputs = [...sources, join(root, 'package-lock.json'), join(root, 'scripts/build-ui.mjs')];
  const wanted = digest(inputs.map((path) => `${relative(root, path)}\0${readFileSync(path, 'utf8')}`).join('\0'));
  const stamp = join(root, 'build/ui.stamp');
  if (readIf(stamp) === wanted) return ifVerbose('the web application is up to date');
  say('building the web application');
  execFileSync(nodePath, [join(root, 'scripts/build-ui.mjs')], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  writeFileSync(stamp, wanted);
}

/** Loads the server's modules once so that Node keeps them stripped and compiled: bin/tributary starts faster and smaller. */
function warmCompileCache(nodePath) {
  const sources = filesBelow(join(root, 'src')).filter((path) => path.endsWith('.ts'));
  const wanted = digest([...sources.map((path) => readFileSync(path)), nodePath].join('\0'));
  const stamp = join(root, 'build/compile-cache.stamp');
  if (readIf(stamp) === wanted) return;
  const cache = join(root, 'build/compile-cache');
  rmSync(cache, { recursive: true, force: true });
  const env = { ...process.env, NODE_COMPILE_CACHE: cache };
  const run = (args) =>
    execFileSync(nodePath, ['--disable-warning=ExperimentalWarning', ...args], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  run(['scripts/warm-compile-cache.mjs']);
  run(['src/cli/main.ts', '--version']);
  writeFileSync(stamp, wanted);
}

try {
  const nodePath = chooseNode();
  installDependencies(nodePath);
  buildKernel(nodePath);
  buildWebApplication(nodePath);
  warmCompileCache(nodePath);
  ifVerbose(
    `ready, on ${nodePath === process.execPath ? `this machine's Node ${process.versions.node}` : `Node ${NODE_VERSION} in .tools/`}`,
  );
} catch (error) {
  say(`failed: ${error.message}`);
  process.exit(1);
}
