// /alertmanager-discovery: where alerts are sent.
import { Stack } from '@mantine/core';
import type { AlertmanagerAnswer, AlertmanagersAnswer } from '../../src/answers/index.ts';
import { Answered } from '../components/answered.tsx';
import { Card } from '../components/card.tsx';
import { EmptyNote } from '../components/empty-note.tsx';
import { PageHead } from '../components/page-head.tsx';
import classes from '../components/table.module.css';
import { counted } from '../format/number.ts';
import { webUrl } from '../format/web-url.ts';
import { STATE_EVERY_MS, useAnswer } from '../server/use-answer.ts';

export default function AlertmanagersPage() {
  const result = useAnswer<AlertmanagersAnswer>('/alertmanagers', {}, { everyMs: STATE_EVERY_MS });
  return (
    <>
      <PageHead title="Alertmanager discovery" />
      <Answered result={result} what="the Alertmanagers">
        {({ activeAlertmanagers: active, droppedAlertmanagers: dropped }) =>
          active.length + dropped.length === 0 ? (
            <EmptyNote>
              Alerts are sent to nobody: no Alertmanager is known. Add one below alerting.alertmanagers in the configuration file, and
              reload it.
            </EmptyNote>
          ) : (
            <Stack>
              <Card title={`Alerts are sent to ${counted(active.length, 'Alertmanager')}`}>
                <AlertmanagerTable list={active} empty="None: relabelling has dropped all that were found." />
              </Card>
              {dropped.length > 0 && (
                <Card title={`Dropped by relabelling: ${dropped.length}`}>
                  <AlertmanagerTable list={dropped} empty="" />
                </Card>
              )}
            </Stack>
          )
        }
      </Answered>
    </>
  );
}

function AlertmanagerTable({ list, empty }: { readonly list: readonly AlertmanagerAnswer[]; readonly empty: string }) {
  if (list.length === 0) return <EmptyNote>{empty}</EmptyNote>;
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Address of its API</th>
          <th scope="col">Its pages</th>
        </tr>
      </thead>
      <tbody>
        {list.map(({ url }) => {
          const pages = pagesOf(url);
          return (
            <tr key={url}>
              <th scope="row" className={classes.code}>
                {url}
              </th>
              <td>
                {pages !== null && (
                  <a href={pages} target="_blank" rel="noreferrer" className={classes.link}>
                    {pages}
                  </a>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** What stands before the path of its API, which a browser has no use for. */
function pagesOf(api: string): string | null {
  const url = webUrl(api);
  return url === null ? null : `${url.protocol}//${url.host}${url.pathname.replace(/\/api\/v\d\/alerts$/, '')}`;
}
