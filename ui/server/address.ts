// Where this page stands. Every page is one segment below the server's prefix, so what is before the last slash is the prefix: whatever
// proxy stands between, and whatever --web.external-url says.

export const PREFIX = window.location.pathname.replace(/\/[^/]*$/, '');

/** The path of an endpoint such as `/api/v1/query`, as this browser reaches it. */
export function pathOf(endpoint: string): string {
  return PREFIX + endpoint;
}
