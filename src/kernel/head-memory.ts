// The head's memory and the kernel's compiled module: made once on the main thread, handed to every worker.
// The memory is shared, created at full size and never grows, so views on it never go stale (docs/kernel-memory.md).
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KernelExports } from './kernel-exports.ts';
import { at } from './layout.ts';

const PAGE_BYTES = 65_536;
/** A series' cold record, which begins with its ref (assembly/layout.ts). */
const COLD_BYTES = 32;
const LARGEST_BYTES = 65_536 * PAGE_BYTES;
const SMALLEST_BYTES = 64 * 1024 * 1024;

/** What a worker needs to attach to the head. */
export interface HeadMemoryShare {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
}

export interface HeadMemory extends HeadMemoryShare {
  /** The whole memory; addresses of the kernel are offsets of it. */
  readonly buffer: Buffer;
  readonly exports: KernelExports;
  /** How many worker arenas there are. */
  readonly workers: number;
}

export interface HeadMemoryOptions {
  /** Upper bound of the whole memory in bytes; nothing is committed before it is touched. Default 4 GiB. */
  readonly bytes?: number;
  /** Reader threads to come; each has an arena of 1/16 of the memory, all of them at most 1/6. Default 2. */
  readonly workers?: number;
  /** Use the build with assertions. */
  readonly checked?: boolean;
  /** Another build of the kernel, for tests that break its rules on purpose. */
  readonly wasm?: Uint8Array;
  /** How long closed chunks, and series without new samples, are kept. Default 3 h. */
  readonly retentionMs?: number;
  /** Chunks end at multiples of this. Default 2 h. */
  readonly chunkRangeMs?: number;
}

export class KernelError extends Error {
  readonly code: 'out_of_memory' | 'too_many_names' | 'too_many_series' | 'invalid_labels' | 'memory_refused';

  constructor(code: KernelError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'KernelError';
    this.code = code;
  }
}

/** The build without assertions, or the one with them. */
export function loadKernel(checked = false): WebAssembly.Module {
  const file = new URL(`../../build/${checked ? 'kernel.checked' : 'kernel'}.wasm`, import.meta.url);
  return new WebAssembly.Module(readFileSync(file));
}

/** An instance of the kernel over a memory: one a thread. */
export function instantiate(share: HeadMemoryShare): KernelExports {
  const abort = (_message: number, _file: number, line: number, column: number) => {
    throw new Error(`BUG: an assertion of the kernel failed at ${line}:${column}`);
  };
  const instance = new WebAssembly.Instance(share.module, { env: { memory: share.memory, abort } });
  return instance.exports as KernelExports;
}

/** A buffer over the whole memory. */
export function bufferOf(memory: WebAssembly.Memory): Buffer {
  return Buffer.from(memory.buffer);
}

function reserve(bytes: number): WebAssembly.Memory {
  for (let size = Math.min(bytes, LARGEST_BYTES); ; size /= 2) {
    const pages = Math.max(Math.floor(size / PAGE_BYTES), SMALLEST_BYTES / PAGE_BYTES);
    try {
      return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    } catch (cause) {
      // A system that counts address space may refuse 4 GiB: half of it is a smaller server, not none.
      if (size / 2 < SMALLEST_BYTES)
        throw new KernelError('memory_refused', `cannot reserve the head's memory: got refused ${size} bytes`, { cause });
    }
  }
}

/** The head's memory, laid out and ready. Main thread only. @throws KernelError `memory_refused` */
export function createHeadMemory(options: HeadMemoryOptions = {}): HeadMemory {
  const workers = options.workers ?? 2;
  const memory = reserve(options.bytes ?? LARGEST_BYTES);
  const buffer = bufferOf(memory);
  const share = { memory, module: options.wasm ? new WebAssembly.Module(options.wasm) : loadKernel(options.checked) };
  const exports = instantiate(share);
  // A /federate of every series the memory can hold takes about 32 bytes a series of it.
  const arenaShare = Math.min(buffer.length / 16, buffer.length / 6 / workers);
  const arenaBytes = Math.max(2 * 1024 * 1024, Math.floor(arenaShare / PAGE_BYTES) * PAGE_BYTES);
  const seed = randomBytes(8);
  if (exports.init(buffer.length / PAGE_BYTES, workers, arenaBytes, seed.readUInt32LE(0), seed.readUInt32LE(4)) === 0) {
    throw new KernelError('memory_refused', `cannot lay out the head: got ${buffer.length} bytes, want more for ${workers} workers`);
  }
  exports.configure(options.retentionMs ?? 3 * 3_600_000, options.chunkRangeMs ?? 2 * 3_600_000);
  return { ...share, buffer, exports, workers: readWord(buffer, at.ARENAS) };
}

export function readWord(buffer: Buffer, address: number): number {
  return buffer.readUInt32LE(address);
}

/** The ref of a series. */
export function refOf({ buffer }: HeadMemory, slot: number): number {
  return readWord(buffer, readWord(buffer, at.COLD_BASE) + slot * COLD_BYTES);
}

/** The ref that the head has for a series that a log may have under several, until the replay is over; 0 when it has none. */
export function ownRef(head: HeadMemory, ref: number): number {
  const slot = ref < 2 ** 32 ? head.exports.refToSlot(ref) >>> 0 : 0;
  return slot === 0 ? 0 : refOf(head, slot);
}
