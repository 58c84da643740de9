// The memory layout: where everything lies in the one shared linear memory. docs/kernel-memory.md draws it.
// Constants only. All state lies in memory (module globals are per instance, and every thread has an instance).
//
// "Writer" is the main thread's instance; everything else only reads, except epoch slots and its own arena.

export const KIB: u32 = 1024;
export const MIB: u32 = 1024 * 1024;

// ---- header: fixed addresses, above the data segments (asserted: __heap_base <= HEADER) ----
export const HEADER: u32 = 0x10000;

/** u32, atomic: the last committed batch. A reader's horizon. */
export const COMMITTED: u32 = HEADER + 0;
/** u32, atomic: the current epoch, grows at every reclaim. */
export const EPOCH: u32 = HEADER + 4;
/** u32, atomic: grows whenever series were deleted (cached selections drop dead refs then). */
export const DELETIONS: u32 = HEADER + 8;
/** u32, atomic: the highest series ref handed out. */
export const LAST_REF: u32 = HEADER + 12;
/** u32: region bases and limits, written once by init. */
export const HOT_BASE: u32 = HEADER + 16;
export const COLD_BASE: u32 = HEADER + 20;
export const SLOT_LIMIT: u32 = HEADER + 24;
export const PAIR_BASE: u32 = HEADER + 28;
export const PAIR_LIMIT: u32 = HEADER + 32;
export const NAME_BASE: u32 = HEADER + 36;
export const NAME_LIMIT: u32 = HEADER + 40;
export const HEAP_BASE: u32 = HEADER + 44;
/** u32: the heap's end. Addresses fit u32 because the last 64 KiB of a 4 GiB memory are never used. */
export const HEAP_END: u32 = HEADER + 48;
/** u32: the bump pointer of the heap. */
export const HEAP_TOP: u32 = HEADER + 52;
/** u32: bytes in free lists of the heap, and live 64-byte blocks. */
export const FREE_BYTES: u32 = HEADER + 56;
export const LIVE_BLOCKS: u32 = HEADER + 60;
export const FREE_BLOCK: u32 = HEADER + 64;
export const FREE_BLOCKS: u32 = HEADER + 68;
export const SLOT_TOP: u32 = HEADER + 72;
export const FREE_SLOT: u32 = HEADER + 76;
export const LIVE_SERIES: u32 = HEADER + 80;
export const PAIR_TOP: u32 = HEADER + 84;
export const FREE_PAIR: u32 = HEADER + 88;
export const LIVE_PAIRS: u32 = HEADER + 92;
export const NAME_TOP: u32 = HEADER + 96;
/** u32: the list of every series. */
export const ALL_POSTINGS: u32 = HEADER + 100;
/** u32: the name id of `__name__`, interned first. */
export const METRIC_NAME_ID: u32 = HEADER + 104;
/** u32: bytes that new series must leave free, for the chunks of those that live. */
export const RESERVE_BYTES: u32 = HEADER + 108;
export const LIMBO_HEAD: u32 = HEADER + 112;
export const LIMBO_TAIL: u32 = HEADER + 116;
export const LIMBO_BASE: u32 = HEADER + 120;
/** i64: the newest timestamp ever appended; the oldest that may be appended; retention in ms. */
export const MAX_TIME: u32 = HEADER + 128;
export const MIN_VALID_TIME: u32 = HEADER + 136;
export const RETENTION_MS: u32 = HEADER + 144;
/** i64: closed chunks end at multiples of this (ms). */
export const CHUNK_RANGE_MS: u32 = HEADER + 152;
/** u32 counters of the last batch's outcome, read by the door after each commit. */
export const OUT_APPENDED: u32 = HEADER + 160;
export const OUT_OUT_OF_ORDER: u32 = HEADER + 164;
export const OUT_DUPLICATE: u32 = HEADER + 168;
export const OUT_TOO_OLD: u32 = HEADER + 172;
export const OUT_NO_MEMORY: u32 = HEADER + 176;
/** u64: seed of the hashes, drawn once at start so that nobody outside can build collisions. */
export const HASH_SEED: u32 = HEADER + 184;
/** u32: deleted series whose parts are not reclaimed yet; closed chunks alive. */
export const CHUNKS: u32 = HEADER + 192;
export const CHUNKS_CREATED: u32 = HEADER + 196;
export const CHUNKS_REMOVED: u32 = HEADER + 200;
export const SERIES_CREATED: u32 = HEADER + 204;
export const SERIES_REMOVED: u32 = HEADER + 208;
export const ARENA_BASE: u32 = HEADER + 212;
export const ARENA_BYTES: u32 = HEADER + 216;
/** u32: how many worker arenas there are. */
export const ARENAS: u32 = HEADER + 220;
export const REF_DIRECTORY: u32 = HEADER + 224;
/** u32: closed chunks dropped before their time because memory was short. */
export const CHUNKS_DROPPED_EARLY: u32 = HEADER + 228;
/** u32: a bit a pair, for the sweep: it must work when nothing else can be had. */
export const SWEEP_BITMAP: u32 = HEADER + 232;
/** u32: what is left of a large free piece that is being cut up, once the untouched heap is used up. */
export const SPLIT_TOP: u32 = HEADER + 236;
export const SPLIT_END: u32 = HEADER + 240;
/** u32: free pieces of batches. They are kept for batches: in a full heap chunks would cut them up, and no target could say anything. */
export const FREE_PIECE: u32 = HEADER + 244;
/** u32: how many; no more are kept than half of RESERVE_BYTES. */
export const FREE_PIECES: u32 = HEADER + 248;
/** i64: the oldest timestamp that the head still has (ms), i64.MAX_VALUE while it is empty. */
export const MIN_TIME: u32 = HEADER + 256;
/** u32: refs of the log that are other names of a series, during replay; series of the log that were passed over. */
export const REPLAY_ALIASES: u32 = HEADER + 264;
export const REPLAY_REFUSED: u32 = HEADER + 268;
/** u32: bytes in WAL_OUT; bytes used of the log's page behind them; how records are written (WAL_…); where in its piece a batch goes on. */
export const WAL_LENGTH: u32 = HEADER + 272;
export const WAL_PAGE_USED: u32 = HEADER + 276;
export const WAL_MODE: u32 = HEADER + 280;
export const WAL_RESUME: u32 = HEADER + 284;
/** u32: samples of the log whose series it does not have, or whose time cannot be. */
export const REPLAY_UNKNOWN: u32 = HEADER + 288;
/** u32: of CHUNKS those that are stored. */
export const CHUNKS_STORED: u32 = HEADER + 292;
/** u32: the table of stored chunks during replay (replay-chunks.ts), and how many entries it has. */
export const REPLAY_CHUNKS: u32 = HEADER + 296;
export const REPLAY_CHUNK_COUNT: u32 = HEADER + 300;
/** u32: 1 when WAL_OUT has a record that is none of samples. */
export const WAL_OTHERS: u32 = HEADER + 304;
/** u32: 1 when a series of the log came behind one with a higher ref. */
export const REPLAY_UNORDERED: u32 = HEADER + 308;
/** Free list heads of the size classes: u32[128]. */
export const FREE_LISTS: u32 = HEADER + 0x400;
/** u32: why the last seriesFor gave 0; how many batches were opened (see COLD_TOUCHED). */
export const SERIES_ERROR: u32 = HEADER + 0x800;
export const BATCH_TICK: u32 = HEADER + 0x804;
/** State of a running sweep (sweep.ts): 64 bytes. */
export const SWEEP: u32 = HEADER + 0x840;
/** Hash table parts of pairs, names and series: each part {table u32, capacity u32, used u32, live u32}. */
export const PAIR_PARTS: u32 = HEADER + 0x1000;
export const SERIES_PARTS: u32 = HEADER + 0x2000;
export const NAME_PARTS: u32 = HEADER + 0x3000;
export const PARTS: u32 = 256;
/** Epoch slots: one a reader, 64 bytes apart; 0 = not reading, else the epoch it entered in. */
export const EPOCH_SLOTS: u32 = HEADER + 0x4000;
export const EPOCH_SLOT_LIMIT: u32 = 64;

// ---- the writer's fixed areas ----
/** What of a line was left over by the last window is put right before WINDOW, so that the line is whole again. */
export const CARRY: u32 = HEADER + 0x10000;
export const CARRY_BYTES: u32 = 256 * 1024;
/** Where sockets read into; shared by all plain-HTTP scrapes, since a read is consumed before the next begins. */
export const WINDOW: u32 = CARRY + CARRY_BYTES;
export const WINDOW_BYTES: u32 = 256 * 1024;
/** Arguments and results of the writer's doors (labels, texts). 64 bytes of slack follow every area, for vector reads. */
export const SCRATCH: u32 = WINDOW + WINDOW_BYTES + 64 * 1024;
export const SCRATCH_BYTES: u32 = 1024 * 1024;
/** One record of the log as it is, and compressed; the table of the compression; what is to be written to the log. */
export const WAL_RAW: u32 = SCRATCH + SCRATCH_BYTES + 64 * 1024;
export const WAL_RAW_BYTES: u32 = 1536 * 1024;
export const WAL_PACKED: u32 = WAL_RAW + WAL_RAW_BYTES;
export const WAL_PACKED_BYTES: u32 = 1856 * 1024;
export const WAL_TABLE: u32 = WAL_PACKED + WAL_PACKED_BYTES;
export const WAL_OUT: u32 = WAL_TABLE + 64 * 1024;
export const WAL_OUT_BYTES: u32 = 4 * 1024 * 1024;
/** Worker arenas begin here: `ARENAS` of `ARENA_BYTES` each; then limbo, hot, cold, pairs, names, heap. */
export const ARENAS_START: u32 = WAL_OUT + WAL_OUT_BYTES + 64 * 1024;

// ---- the hot record of a series: 64 bytes, under a seqlock ----
export const HOT_BYTES: u32 = 64;
/** u32, atomic: 2 × ordinal | busy. The ordinal counts the series' samples for ever. */
export const HOT_SEQ: u32 = 0;
/** u32: the batch of the newest sample. */
export const HOT_BATCH: u32 = 4;
/** i64 ms and f64 bits: the newest sample. */
export const HOT_T: u32 = 8;
export const HOT_V: u32 = 16;
/** The same as of the previous batch. */
export const HOT_PREV_T: u32 = 24;
export const HOT_PREV_V: u32 = 32;
export const HOT_PREV_ORDINAL: u32 = 40;
export const HOT_PREV_BATCH: u32 = 44;
/** u32: the block the open chunk is being written to; the newest chunk's first block. */
export const HOT_BLOCK: u32 = 48;
export const HOT_CHUNK: u32 = 52;
/** i32 ms: the last timestamp delta of the open chunk. */
export const HOT_DELTA: u32 = 56;
/** u32: bit position in the block (9 bits) << 20 | leading (6) << 14 | trailing (6) << 8 | samples in the open chunk (8). */
export const HOT_BITS: u32 = 60;

// ---- the cold record of a series: 32 bytes ----
export const COLD_BYTES: u32 = 32;
/** u32: the series' ref; 0 = the slot is free. */
export const COLD_REF: u32 = 0;
/** u32: its pair ids (u32 each), in order of the label names' bytes. */
export const COLD_PAIRS: u32 = 4;
export const COLD_HASH: u32 = 8;
/** u32: the target that wrote it last (an id of the scrape's). */
export const COLD_OWNER: u32 = 12;
/** i64 ms: when the open chunk is to be closed. */
export const COLD_NEXT_AT: u32 = 16;
/** u16: entries of target caches (and other holders) that name this slot; it is not removed while there are any. */
export const COLD_HOLDERS: u32 = 24;
/** u16: number of pairs. */
export const COLD_PAIR_COUNT: u32 = 26;
/** u32: BATCH_TICK when the series was last looked up by its labels; it is not removed while a batch of then may hold it. */
export const COLD_TOUCHED: u32 = 28;

// ---- chunks: chains of 64-byte blocks that never move ----
export const BLOCK_BYTES: u32 = 64;
/** u32, atomic: the next block of the chunk. The payload is what lies before. */
export const BLOCK_NEXT: u32 = 60;
export const BLOCK_PAYLOAD_BITS: u32 = 480;
/** A chunk's first block begins with: u32 ordinal of its first sample, u32 atomic: the next older chunk, then the bit stream of Prometheus's XOR chunk (without its u16 count). */
export const CHUNK_ORDINAL: u32 = 0;
export const CHUNK_OLDER: u32 = 4;
export const CHUNK_STREAM: u32 = 8;

// ---- stored chunks: closed chunks that lie in files (chunks_head/), 32 bytes each. A link to one has its lowest bit set; ordinal and
// older link stand where a chunk in memory has them. What is older than a stored chunk is stored too. ----
export const STORED_BYTES: u32 = 32;
/** u32: number of the file, offset in it. */
export const STORED_FILE: u32 = 8;
export const STORED_OFFSET: u32 = 12;
/** i64 ms: the first and the last timestamp. */
export const STORED_MIN: u32 = 16;
export const STORED_MAX: u32 = 24;

// ---- pairs: one label name and value, interned; 32 bytes by id (0 = none) ----
export const PAIR_BYTES: u32 = 32;
/** u32: `name="escaped value"` (the name quoted when it is not classic). */
export const PAIR_TEXT: u32 = 0;
export const PAIR_NAME: u32 = 4;
/** u32: bytes of the text, 24 bits | flags << 24. */
export const PAIR_TEXT_LENGTH: u32 = 8;
/** u32: the raw value, inside the text when it needs no escaping. */
export const PAIR_VALUE: u32 = 12;
export const PAIR_VALUE_LENGTH: u32 = 16;
/** u32, atomic: its posting list. */
export const PAIR_POSTINGS: u32 = 20;
/** u32, atomic: the next pair of the same name. */
export const PAIR_NEXT: u32 = 24;
export const PAIR_HASH: u32 = 28;
/** Flags: the value needs escaping; the name is not classic; the value is not a classic metric name (`__name__` only). */
export const PAIR_ESCAPED: u32 = 1;
export const PAIR_UTF8_NAME: u32 = 2;
export const PAIR_UTF8_METRIC: u32 = 4;

// ---- names: label names, interned for ever; 32 bytes by id (0 = none) ----
export const NAME_BYTES: u32 = 32;
export const NAME_TEXT: u32 = 0;
export const NAME_LENGTH: u32 = 4;
/** u32, atomic: the first pair of the name. */
export const NAME_FIRST_PAIR: u32 = 8;
export const NAME_PAIR_COUNT: u32 = 12;
/** u32: PAIR_UTF8_NAME when it is not classic. */
export const NAME_FLAGS: u32 = 16;
export const NAME_HASH: u32 = 20;

// ---- posting lists: refs in ascending order, in chained blocks; the pointer to the first block is the list ----
/** u32, atomic: how many refs the list has (first block only); written after the ref. */
export const LIST_COUNT: u32 = 0;
/** u32: the last block (first block only; the writer's). */
export const LIST_TAIL: u32 = 4;
/** u32: the next block; how many refs fit into this one. */
export const LIST_NEXT: u32 = 8;
export const LIST_CAPACITY: u32 = 12;
/** u32[]: refs. */
export const LIST_REFS: u32 = 16;

// ---- sample batches: pieces of 4,096 samples side by side ----
export const PIECE_SAMPLES: u32 = 4096;
/** Of the batch: first piece, last piece, samples. */
export const BATCH_FIRST: u32 = 0;
export const BATCH_LAST: u32 = 4;
export const BATCH_COUNT: u32 = 8;
export const BATCH_BYTES: u32 = 16;
/** Of a piece: next piece, samples in it; then slots u32[4096], timestamps i64[4096] (ms), values f64[4096] (bits). */
export const PIECE_NEXT: u32 = 0;
export const PIECE_COUNT: u32 = 4;
export const PIECE_SLOTS: u32 = 16;
export const PIECE_TIMES: u32 = 16 + 4096 * 4;
export const PIECE_VALUES: u32 = 16 + 4096 * 12;
export const PIECE_BYTES: u32 = 16 + 4096 * 20;

/** Prometheus's stale marker: these bits of NaN, and only they. */
export const STALE_NAN: u64 = 0x7ff0000000000002;
