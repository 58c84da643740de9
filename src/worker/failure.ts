// Why a job has no result, as the main thread is told.
import { KernelError } from '../kernel/index.ts';
import { EvaluationError, PromqlParseError, RangeQueryTypeError } from '../promql/index.ts';
import { StorageError } from '../storage/index.ts';
import { WorkerError } from './errors.ts';
import type { FailureCode } from './messages.ts';

export function failureOf(error: unknown): { code: FailureCode; message: string } {
  if (error instanceof PromqlParseError || error instanceof RangeQueryTypeError) return { code: 'bad_query', message: error.message };
  if (error instanceof EvaluationError) return { code: 'execution', message: error.message };
  if (error instanceof WorkerError && (error.code === 'cancelled' || error.code === 'too_many_series' || error.code === 'out_of_memory')) {
    return { code: error.code, message: error.message };
  }
  if ((error instanceof KernelError || error instanceof StorageError) && error.code === 'out_of_memory')
    return { code: 'out_of_memory', message: error.message };
  // The engine's own limits, where a query came to them before its budget did.
  if (
    error instanceof RangeError &&
    /^(Invalid string length|Array buffer allocation failed|Invalid typed array length)/.test(error.message)
  )
    return { code: 'execution', message: 'query needs more memory than there is: ask for fewer series, steps or shorter labels' };
  if (!(error instanceof Error)) return { code: 'failed', message: String(error) };
  // What has a code is an operating error, and its message says all; the rest is a bug, whose place is wanted.
  return { code: 'failed', message: 'code' in error ? error.message : (error.stack ?? error.message) };
}
