// The start page: plain links, until there is a web application.

const escapeHtml = (s: string): string => s.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const LINKS: readonly (readonly [href: string, text: string])[] = [
  ['federate?match[]={job!=""}', 'Federation: every series with a job'],
  ['api/v1/targets', 'Targets'],
  ['api/v1/rules', 'Rules'],
  ['api/v1/alerts', 'Alerts'],
  ['api/v1/alertmanagers', 'Alertmanagers'],
  ['api/v1/status/tsdb', 'What the head holds'],
  ['api/v1/status/config', 'Configuration'],
  ['api/v1/status/flags', 'Flags'],
  ['api/v1/status/runtimeinfo', 'Run time'],
  ['metrics', 'Own metrics'],
];

/** Links are relative, so that the page works under any prefix and behind any proxy. */
export function homePage(title: string, build: Readonly<Record<string, string>>): string {
  const items = LINKS.map(([href, text]) => `<li><a href="${escapeHtml(href)}">${escapeHtml(text)}</a></li>`).join('\n');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>body { font: 16px/1.6 system-ui, sans-serif; margin: 3rem auto; max-width: 40rem; padding: 0 1rem; color-scheme: light dark }</style>
<h1>Tributary ${escapeHtml(build.tributaryVersion ?? '')}</h1>
<p>A monitoring server built around federation, compatible with Prometheus ${escapeHtml(build.version ?? '')}.</p>
<ul>
${items}
</ul>
</html>
`;
}
