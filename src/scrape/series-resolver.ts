// The rare way of a scraped line: its series is new to the target's cache, so its labels are parsed, joined with the target's,
// relabelled, checked, and the head is asked for its slot. Metadata lines get their ids here too.
// Where there is nothing to relabel or check, the kernel takes most such lines itself (assembly/direct-series.ts), by these rules.
import type { ScrapeConfig } from '../config/index.ts';
import { normalizeLabelValue, parseMetadataLine, parseSeries } from '../exposition/index.ts';
import { formatLabels, isValidUtf8, type Label, type Labels, labelValue, relabel } from '../model/index.ts';
import type { Appender } from '../storage/index.ts';
import { isRefusal, ScrapeFailure } from './errors.ts';
import { checkLabelLimits } from './label-limits.ts';
import type { MetadataCatalog } from './metadata-catalog.ts';
import { joinTargetLabels } from './sample-labels.ts';
import type { SeriesResolver, SeriesType } from './scrape-cache.ts';

/** What the cache knows a series as when relabelling drops it. */
const DROPPED = -1;

export class TargetSeriesResolver implements SeriesResolver {
  readonly #appender: Appender;
  readonly #catalog: MetadataCatalog;
  readonly #config: ScrapeConfig;
  readonly #targetLabels: Labels;
  readonly #owner: number;
  /** Ids of metadata lines met in the scrape under way. */
  #metadataIds: number[] = [];
  /** Series that the head has no memory for. The cache takes them for dropped, so it must be made anew to ask again. */
  refused = 0;

  constructor(appender: Appender, catalog: MetadataCatalog, config: ScrapeConfig, targetLabels: Labels, owner: number) {
    this.#appender = appender;
    this.#catalog = catalog;
    this.#config = config;
    this.#targetLabels = targetLabels;
    this.#owner = owner;
  }

  /** @throws ScrapeFailure, ExpositionError */
  series(text: Buffer, _hasTimestamp: boolean, type: SeriesType): number {
    const labels = this.#labelsOf(text, type);
    if (labels === null) return DROPPED;
    try {
      return this.#appender.series(labels, this.#owner);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.refused++;
      return DROPPED;
    }
  }

  keeps(text: Buffer, type: SeriesType): boolean {
    return this.#labelsOf(text, type) !== null;
  }

  metadata(line: Buffer): number {
    const { kind, name, text } = parseMetadataLine(line);
    const id = this.#catalog.intern(kind, name, text);
    this.#metadataIds.push(id);
    return id;
  }

  /** The scrape is over, and its target's set holds what it needs. */
  releaseMetadata(): void {
    if (this.#metadataIds.length === 0) return;
    for (const id of this.#metadataIds) this.#catalog.release(id);
    this.#metadataIds = [];
  }

  #labelsOf(text: Buffer, type: SeriesType): Labels | null {
    const exposed = parseSeries(text).labels;
    const { honorLabels, metricRelabelConfigs } = this.#config;
    const joined = joinTargetLabels(normalizeLabels(exposed, type), this.#targetLabels, honorLabels);
    const labels = relabel(joined, metricRelabelConfigs);
    if (labels === null || labels.length === 0) return null;
    if (labelValue(labels, '__name__') === '') throw new ScrapeFailure('missing_name', 'missing metric name (__name__ label)');
    if (!labels.every(([name, value]) => name !== '' && isValidUtf8(name) && isValidUtf8(value))) {
      throw new ScrapeFailure('invalid_labels', `invalid metric name or label names: ${formatLabels(labels)}`);
    }
    checkLabelLimits(labels, this.#config);
    return labels;
  }
}

/** `le="1"` and `le="1.0"` are one bucket, whichever library wrote it. */
function normalizeLabels(labels: readonly Label[], type: SeriesType): readonly Label[] {
  if (type === 'other') return labels;
  return labels.map(([name, value]) => [name, normalizeLabelValue(type, name, value)]);
}
