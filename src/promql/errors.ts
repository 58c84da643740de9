// What ends an evaluation. The texts are Prometheus's: they are what people search for.

export type EvaluationErrorCode =
  /** The query itself cannot be evaluated over this data. */
  | 'execution'
  /** It needs more than --query.max-samples or --query.max-memory. */
  | 'too_much';

export class EvaluationError extends Error {
  readonly code: EvaluationErrorCode;

  constructor(code: EvaluationErrorCode, message: string) {
    super(message);
    this.name = 'EvaluationError';
    this.code = code;
  }
}

export function sameLabelset(): EvaluationError {
  return new EvaluationError('execution', 'vector cannot contain metrics with the same labelset');
}
