// What depends on an answer: the answer's content, or why there is none.
import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { AnswerResult } from '../server/use-answer.ts';
import { ErrorNote } from './error-note.tsx';
import { Loading } from './loading.tsx';

interface Props<T> {
  readonly result: AnswerResult<T>;
  /** "Loading …". */
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}

/** An answer that was shown stays when asking again fails, below the error. */
export function Answered<T>({ result, what, children }: Props<T>) {
  const { data, error } = result;
  if (data === undefined) return error === null ? <Loading what={what} /> : <ErrorNote error={error} />;
  if (error === null) return children(data.data);
  return (
    <Stack>
      <ErrorNote error={error} />
      {children(data.data)}
    </Stack>
  );
}
