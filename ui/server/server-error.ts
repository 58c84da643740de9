// What goes wrong when the server is asked, by what can be done about it.

/** `lost`: no answer at all; `starting`: the server says that it is not ready; `late`: no answer in time; `refused`: it has answered with an error. */
export type ServerErrorKind = 'lost' | 'starting' | 'late' | 'refused';

export class ServerError extends Error {
  readonly kind: ServerErrorKind;
  /** 0 without an answer. */
  readonly status: number;
  /** The API's errorType, '' without one. */
  readonly errorType: string;

  constructor(kind: ServerErrorKind, message: string, { status = 0, errorType = '' } = {}) {
    super(message);
    this.name = 'ServerError';
    this.kind = kind;
    this.status = status;
    this.errorType = errorType;
  }
}
