// Exposition text 0.0.4: the readers of what the kernel's scan meets for the first time, and what is asked of a target.
export { acceptHeader, type EscapingScheme } from './accept.ts';
export { normalizeFloatLabel, normalizeLabelValue } from './float-label.ts';
export { METRIC_TYPES, type MetadataLine, type MetricType, parseMetadataLine } from './metadata-line.ts';
export { parseSeries, readSeries, refuseDuplicates, type SeriesText, Unexpected } from './series-text.ts';
export { type ExposedSample, type ExposedText, parseText } from './text-format.ts';
