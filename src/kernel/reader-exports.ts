// The kernel's exports that readers use: selecting, pinning and rendering. See assembly/select.ts, visible.ts, render.ts.

export interface ReaderExports {
  arenaOf(worker: number): number;
  arenaBytes(): number;
  fillBytes(address: number, value: number, length: number): void;

  lastRef(): number;
  deletions(): number;
  slotTop(): number;
  pairTop(): number;
  nameTop(): number;
  nameText(name: number): number;
  nameTextLength(name: number): number;
  pairValue(pair: number): number;
  pairValueLength(pair: number): number;
  pairCountOfName(name: number): number;
  pairsOfName(name: number, out: number, capacity: number): number;
  pairName(pair: number): number;
  seriesPairs(slot: number): number;
  seriesPairCount(slot: number): number;
  seriesOwner(slot: number): number;
  postingsOf(pair: number): number;
  allPostings(): number;
  listLength(list: number): number;

  selectScan(scan: number): number;
  dropDead(selection: number, count: number, capacity: number): number;
  groupCount(grouping: number, names: number, count: number): void;
  groupOrder(grouping: number): void;
  groupPlace(grouping: number, selection: number, count: number, capacity: number, out: number, outCapacity: number): void;

  copyVisible(
    selection: number,
    count: number,
    capacity: number,
    horizon: number,
    minT: number,
    maxT: number,
    withStale: number,
    out: number,
    scratch: number,
  ): number;
  markNames(visible: number, count: number, table: number): void;
  markPairs(visible: number, count: number, name: number, table: number): void;
  tallyFamily(visible: number, from: number, to: number, names: number, seen: number, family: number): number;
  nextFamilies(visible: number, count: number, position: number, out: number, capacity: number): number;

  sortedSeries(out: number, spare: number, capacity: number): number;
  rankSeries(slots: number, count: number, entries: number, spare: number, ranks: number): void;
  sortSeries(entries: number, spare: number, count: number): void;
  closedSeries(slot: number, out: number, capacity: number): number;
  oldestInMemory(slot: number, count: number, out: number): number;
  decodeChunk(gathered: number, count: number, times: number, values: number): number;
  exportChunks(pin: number, minT: number, maxT: number, out: number, outBytes: number, scratch: number): number;

  renderExposition(rendering: number): number;

  renderTimes(times: number, count: number, out: number): void;
  renderJsonRow(timeTexts: number, values: number, present: number, count: number, out: number, outEnd: number, state: number): number;
  renderJsonSamples(times: number, values: number, present: number, count: number, out: number, outEnd: number, state: number): number;
  formatExposition(out: number, value: number): number;
  formatJsonNumber(out: number, value: number): number;
  formatInteger(out: number, value: number): number;
}
