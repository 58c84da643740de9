// Builds of the kernel in which one rule of the protocol is broken on purpose: the stress test must notice each.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface BrokenRule {
  readonly rule: string;
  readonly file: string;
  /** Texts of the file and what stands there instead. */
  readonly edits: readonly (readonly [from: string, to: string])[];
}

/** Makes a reader dwell inside a record, as one that is preempted there does; harmless while the seqlock is obeyed. */
const SLOW_READ = [
  'const t = load<i64>(hot, L.HOT_T);',
  'for (let i = 0; i < 200; i++) atomic.load<u32>(hot + L.HOT_SEQ);\nconst t = load<i64>(hot, L.HOT_T);',
] as const;

export const SLOW_READER: BrokenRule = { rule: 'none: a reader dwells inside a record', file: 'pin.ts', edits: [SLOW_READ] };

export const BROKEN_RULES: readonly BrokenRule[] = [
  {
    rule: 'a hot record is read whole (seqlock)',
    file: 'pin.ts',
    edits: [SLOW_READ, ['if (seq & 1) continue;', ''], ['if (atomic.load<u32>(hot + L.HOT_SEQ) != seq) continue;', '']],
  },
  {
    rule: 'a record keeps its state as of the previous batch',
    file: 'append.ts',
    edits: [['store<u32>(hot, ordinal, L.HOT_PREV_ORDINAL);', 'store<u32>(hot, ordinal + 1, L.HOT_PREV_ORDINAL);']],
  },
  { rule: 'a reader sees nothing newer than its horizon', file: 'pin.ts', edits: [['if (<i32>(batch - horizon) <= 0) {', 'if (true) {']] },
  {
    rule: 'a chunk that was stored is freed when nobody is at it any more',
    file: 'stored-chunk.ts',
    edits: [
      ["import { alloc } from './alloc';", "import { alloc, freeChain } from './alloc';"],
      ['retire(RETIRED_CHUNK, chunk, 0);', 'freeChain(chunk);'],
    ],
  },
  {
    rule: 'what a reader may still see is not freed',
    file: 'epoch.ts',
    edits: [['if (entered != 0 && entered < oldest) oldest = entered;', '']],
  },
];

/** The wasm of the kernel with one rule broken. */
export function buildBroken({ rule, file, edits }: BrokenRule): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-broken-'));
  try {
    cpSync(join(root, 'assembly'), folder, { recursive: true });
    let source = readFileSync(join(folder, file), 'utf8');
    for (const [from, to] of edits) {
      if (source.split(from).length !== 2) throw new Error(`cannot break "${rule}": ${file} must have exactly one "${from}"`);
      source = source.replace(from, to);
    }
    writeFileSync(join(folder, file), source);
    const asc = join(root, 'node_modules/assemblyscript/bin/asc.js');
    const flags =
      '--runtime stub -O2 --noAssert --enable simd,threads,bulk-memory --importMemory --sharedMemory --initialMemory 16 --maximumMemory 65536 --exportStart start';
    execFileSync(process.execPath, [asc, join(folder, 'kernel.ts'), ...flags.split(' '), '-o', join(folder, 'kernel.wasm')], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return readFileSync(join(folder, 'kernel.wasm'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
