// What every answer of /api/v1 is wrapped in.

export interface Success<T> {
  readonly status: 'success';
  readonly data: T;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

export interface Failure {
  readonly status: 'error';
  readonly errorType: string;
  readonly error: string;
}

export type Answer<T> = Success<T> | Failure;

/** Label names to values. */
export type LabelMap = Readonly<Record<string, string>>;

/** RFC 3339; `0001-01-01T00:00:00Z` for never. */
export type TimeText = string;

/** As in the configuration: `1m30s`. */
export type DurationText = string;
