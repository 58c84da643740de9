import { useEffect } from 'react';

/** As the server was told to call itself (--web.page-title). */
const SERVER_TITLE = document.title;

export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title === undefined ? SERVER_TITLE : `${title} · ${SERVER_TITLE}`;
  }, [title]);
}
