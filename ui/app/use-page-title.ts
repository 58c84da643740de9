import { useEffect } from 'react';

/** What --web.page-title is where nobody has said anything: it tells tabs of several servers apart as little as those of Prometheus. */
const DEFAULT_TITLE = 'Prometheus Time Series Collection and Processing Server';
const SERVER_TITLE = document.title === DEFAULT_TITLE ? `${window.location.host} · Tributary` : document.title;

export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title === undefined ? SERVER_TITLE : `${title} · ${SERVER_TITLE}`;
  }, [title]);
}
