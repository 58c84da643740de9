// What depends on an answer: the answer's content, or why there is none.
import { Box } from '@mantine/core';
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

/**
 * An answer that was shown stays when asking again fails, below the error; that the whole server does not answer is said once, above the page.
 * What is shown keeps its place in the tree, and with it what was typed and opened there.
 */
export function Answered<T>({ result, what, children }: Props<T>) {
  const { data, error } = result;
  if (data === undefined) return error === null ? <Loading what={what} /> : <ErrorNote error={error} />;
  const isNew = error !== null && error.kind !== 'lost' && error.kind !== 'starting';
  return (
    <>
      {isNew && (
        <Box mb="md">
          <ErrorNote error={error} />
        </Box>
      )}
      <div>{children(data.data)}</div>
    </>
  );
}
