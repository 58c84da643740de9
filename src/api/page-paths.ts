// The addresses at which the web application answers, below the prefix: one segment each, since it finds its prefix by that.
export const PAGE_PATHS: readonly string[] = [
  '/query',
  '/federation',
  '/alerts',
  '/rules',
  '/targets',
  '/service-discovery',
  '/alertmanager-discovery',
  '/tsdb-status',
  '/status',
  '/flags',
  '/config',
];
