/** Series of histograms and summaries, and of counters as OpenMetrics tells of them, have their metadata by the name without these. */
const SUFFIX = /_(?:bucket|sum|count|total)$/;

/** Where a metric's metadata is, if not at its own name. */
export function familyName(name: string): string {
  return name.replace(SUFFIX, '');
}
