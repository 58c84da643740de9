// API errors: one table from Prometheus's error types to HTTP status, one class. What a route throws becomes
// `{"status":"error","errorType":…,"error":…}`. Source: docs/querying/api.md of Prometheus.

export type ApiErrorType = 'timeout' | 'canceled' | 'execution' | 'bad_data' | 'internal' | 'unavailable' | 'not_found' | 'not_acceptable';

export const STATUS_OF: Readonly<Record<ApiErrorType, number>> = {
  bad_data: 400,
  not_found: 404,
  not_acceptable: 406,
  execution: 422,
  canceled: 499,
  internal: 500,
  timeout: 503,
  unavailable: 503,
};

export class ApiError extends Error {
  readonly code: ApiErrorType;
  /** Of HTTP; the code's own unless something else is said. */
  readonly status: number;

  constructor(code: ApiErrorType, message: string, options: { cause?: unknown; status?: number } = {}) {
    super(message, options);
    this.name = 'ApiError';
    this.code = code;
    this.status = options.status ?? STATUS_OF[code];
  }
}

export function badData(message: string): ApiError {
  return new ApiError('bad_data', message);
}

/** Worded as Prometheus words a parameter that cannot be used. */
export function invalidParameter(name: string, message: string): ApiError {
  return badData(`invalid parameter ${JSON.stringify(name)}: ${message}`);
}
