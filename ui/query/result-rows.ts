// The rows of a table of results, sorted and filtered as the person wants them.
import type { LabelMap, QueryAnswer, SampleAnswer } from '../../src/answers/index.ts';
import { formatSeries } from '../format/series.ts';
import type { RowOrder } from '../panels/panel-address.ts';

export interface ResultRow {
  readonly labels: LabelMap;
  /** As PromQL writes it. */
  readonly text: string;
  /** One for an instant, several for a range. */
  readonly samples: readonly SampleAnswer[];
}

export function resultRows(answer: QueryAnswer): ResultRow[] {
  switch (answer.resultType) {
    case 'vector':
      return answer.result.map(({ metric, value }) => ({ labels: metric, text: formatSeries(metric), samples: [value] }));
    case 'matrix':
      return answer.result.map(({ metric, values }) => ({ labels: metric, text: formatSeries(metric), samples: values }));
    default:
      return [{ labels: {}, text: answer.resultType, samples: [answer.result] }];
  }
}

/** Words that must all stand in a row's text, in any order and case. */
export function filteredRows(rows: readonly ResultRow[], search: string): readonly ResultRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ text }) => {
    const lower = text.toLowerCase();
    return words.every((word) => lower.includes(word));
  });
}

/** NaN is last either way. */
export function orderedRows(rows: readonly ResultRow[], order: RowOrder): readonly ResultRow[] {
  if (order === 'answer') return rows;
  if (order === 'series') return [...rows].sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const sign = order === 'value-up' ? 1 : -1;
  const valued = rows.map((row) => ({ row, value: lastValue(row) }));
  valued.sort((a, b) => {
    if (Number.isNaN(a.value) || Number.isNaN(b.value)) return Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value));
    return a.value === b.value ? 0 : a.value < b.value ? -sign : sign;
  });
  return valued.map(({ row }) => row);
}

function lastValue({ samples }: ResultRow): number {
  const text = samples.at(-1)?.[1] ?? 'NaN';
  return text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
