// What the operator should know, as the server tells it: a reload that failed, for one.
import { Alert } from '@mantine/core';
import type { NotificationsAnswer } from '../../src/answers/index.ts';
import { msOf, useTimeFormat } from '../format/time.ts';
import { useAnswer } from '../server/use-answer.ts';

const EVERY_MS = 15_000;

export function Notifications() {
  const { data } = useAnswer<NotificationsAnswer>('/notifications', {}, { everyMs: EVERY_MS });
  const timeOf = useTimeFormat();
  return data?.data
    .filter(({ active }) => active)
    .map(({ text, date }) => {
      const sinceMs = msOf(date);
      return (
        <Alert key={text} color="yellow" mb="md" py="xs" role="status">
          {text}
          {sinceMs !== null && ` Since ${timeOf(sinceMs)}.`}
        </Alert>
      );
    });
}
