// A worker's attachment to the head: its instance of the kernel, its arena, its epoch. It reads and never waits; what it
// reaches inside `inEpoch` is not freed meanwhile. One a thread, and none on a server's main one.
import type { Label, Labels } from '../model/index.ts';
import { Arena } from './arena.ts';
import type { ChunkFiles } from './chunk-files.ts';
import { bufferOf, type HeadMemoryShare, instantiate, KernelError } from './head-memory.ts';
import { HeadTombstones } from './head-tombstones.ts';
import type { KernelExports } from './kernel-exports.ts';
import { at } from './layout.ts';

export interface ReaderInit extends HeadMemoryShare {
  /** Which of the worker arenas and epoch slots is this reader's. */
  readonly index: number;
}

/** Where pins and decoded chunks of one series go while it is looked at. */
const SCRATCH_BYTES = 32 * 1024;
const TEXT_BYTES = 64 * 1024;
/** Labels whose texts are kept: about 2 MB. Most series share most of theirs with others. */
const MOST_LABELS = 16_384;

export class HeadReader {
  readonly index: number;
  readonly kernel: KernelExports;
  /** Over the whole memory. */
  readonly buffer: Buffer;
  readonly words: Uint32Array;
  readonly floats: Float64Array;
  readonly #longs: BigInt64Array;
  readonly arena: Arena;
  /** SCRATCH_BYTES of scratch for the kernel. */
  readonly scratch: number;
  /** Where closed chunks are that are not in memory any more; null: nothing was ever stored. */
  chunkFiles: ChunkFiles | null = null;
  /** What is deleted: left out by whoever reads samples. */
  tombstones = new HeadTombstones();
  /** Is asked to give memory back when the arena is full; false when there is none to give. */
  onPressure: () => boolean = () => false;
  readonly #text: number;
  #depth = 0;
  /** By pair id, as of `#labelsDeletions`: only a removal lets an id mean something else. */
  #labels: (Label | undefined)[] = [];
  #labelCount = 0;
  #labelsDeletions = 0;

  constructor(init: ReaderInit) {
    this.index = init.index;
    this.kernel = instantiate(init);
    this.buffer = bufferOf(init.memory);
    this.words = new Uint32Array(this.buffer.buffer, 0, Math.floor(this.buffer.length / 4));
    this.floats = new Float64Array(this.buffer.buffer, 0, Math.floor(this.buffer.length / 8));
    this.#longs = new BigInt64Array(this.buffer.buffer, 0, Math.floor(this.buffer.length / 8));
    this.arena = new Arena(this.kernel.arenaOf(init.index) >>> 0, this.kernel.arenaBytes() >>> 0);
    this.scratch = this.arena.alloc(SCRATCH_BYTES);
    this.#text = this.arena.alloc(TEXT_BYTES);
    // A reader that was here before may have been ended in the middle.
    this.kernel.clearEpoch(init.index);
  }

  /** The oldest time that the head still has samples of, ms; beyond all times while it is empty. */
  get minTimeMs(): number {
    return this.#changingTime(at.MIN_TIME);
  }

  /** The newest time of a sample, ms; before all times while there is none. */
  get maxTimeMs(): number {
    return this.#changingTime(at.MAX_TIME);
  }

  /** Of what the writer may be storing at this instant. A Buffer's methods read byte by byte: half of the old time and half of the new one. */
  #changingTime(address: number): number {
    return Number(Atomics.load(this.#longs, address / 8));
  }

  /** Runs `work` inside an epoch. Synchronous and short: what is retired meanwhile waits for it. */
  inEpoch<T>(work: () => T): T {
    if (this.#depth++ === 0) this.kernel.enterEpoch(this.index);
    try {
      return work();
    } finally {
      if (--this.#depth === 0) this.kernel.leaveEpoch(this.index);
    }
  }

  /** A piece of the arena. @throws KernelError `out_of_memory` */
  alloc(bytes: number): number {
    for (;;) {
      const address = this.arena.alloc(bytes);
      if (address !== 0) return address;
      if (!this.onPressure())
        throw new KernelError(
          'out_of_memory',
          `cannot hold the answer: it takes ${bytes} bytes more than the worker's ${this.arena.bytes} have left`,
        );
    }
  }

  allocZeroed(bytes: number): number {
    const address = this.alloc(bytes);
    this.kernel.fillBytes(address, 0, bytes);
    return address;
  }

  /** Name id of a label name, 0 when no series ever had it. */
  findName(name: string): number {
    return this.#withText(name, (address, length) => this.kernel.findName(address, length) >>> 0);
  }

  /** Pair id of a label name's value, 0 when no live series has it. Inside an epoch. */
  findPair(nameId: number, value: string): number {
    if (nameId === 0) return 0;
    return this.#withText(value, (address, length) => this.kernel.findPair(nameId, address, length) >>> 0);
  }

  /** The raw value of a pair. Inside an epoch. */
  pairValue(pair: number): string {
    const address = this.kernel.pairValue(pair) >>> 0;
    return this.buffer.toString('utf8', address, address + (this.kernel.pairValueLength(pair) >>> 0));
  }

  /** Of a series, in order of the names' bytes. Inside an epoch. */
  labels(slot: number): Labels {
    const { kernel, words } = this;
    this.#checkLabels();
    const count = kernel.seriesPairCount(slot);
    const pairs = (kernel.seriesPairs(slot) >>> 0) / 4;
    const labels: Label[] = new Array(count);
    for (let i = 0; i < count; i++) labels[i] = this.#labels[words[pairs + i]] ?? this.#readLabel(words[pairs + i]);
    return labels;
  }

  /** The value of one label of a series, '' when it has none such. Inside an epoch. */
  label(slot: number, name: string): string {
    const { kernel, words } = this;
    this.#checkLabels();
    const count = kernel.seriesPairCount(slot);
    const pairs = (kernel.seriesPairs(slot) >>> 0) / 4;
    for (let i = 0; i < count; i++) {
      const label = this.#labels[words[pairs + i]] ?? this.#readLabel(words[pairs + i]);
      if (label[0] === name) return label[1];
    }
    return '';
  }

  #checkLabels(): void {
    const deletions = this.kernel.deletions();
    if (deletions === this.#labelsDeletions) return;
    this.#clearLabels();
    this.#labelsDeletions = deletions;
  }

  #clearLabels(): void {
    this.#labels = [];
    this.#labelCount = 0;
  }

  #readLabel(pair: number): Label {
    const label: Label = [this.nameText(this.kernel.pairName(pair) >>> 0), this.pairValue(pair)];
    if (this.#labelCount++ === MOST_LABELS) this.#clearLabels();
    this.#labels[pair] = label;
    return label;
  }

  nameText(name: number): string {
    const address = this.kernel.nameText(name) >>> 0;
    return this.buffer.toString('utf8', address, address + (this.kernel.nameTextLength(name) >>> 0));
  }

  #withText(text: string, use: (address: number, length: number) => number): number {
    const length = Buffer.byteLength(text);
    if (length + 64 <= TEXT_BYTES) {
      this.buffer.write(text, this.#text);
      return use(this.#text, length);
    }
    const address = this.alloc(length + 64);
    try {
      this.buffer.write(text, address);
      return use(address, length);
    } finally {
      this.arena.free(address);
    }
  }
}
