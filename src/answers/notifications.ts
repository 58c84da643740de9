// /api/v1/notifications: what the operator of the server should know now.
import type { TimeText } from './envelope.ts';

export interface NotificationAnswer {
  readonly text: string;
  /** Since when. */
  readonly date: TimeText;
  readonly active: boolean;
}

export type NotificationsAnswer = readonly NotificationAnswer[];
