// /status: what runs here, and since when.
import { Alert, List } from '@mantine/core';
import type { BuildInfo, RuntimeInfo } from '../../src/answers/index.ts';
import { Ago } from '../components/ago.tsx';
import { Answered } from '../components/answered.tsx';
import { Card } from '../components/card.tsx';
import { type Fact, Facts } from '../components/facts.tsx';
import { PageHead } from '../components/page-head.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { counted, formatBytes, formatCount } from '../format/number.ts';
import { formatSeconds, msOf, useTimeFormat } from '../format/time.ts';
import { STATE_EVERY_MS, useAnswer } from '../server/use-answer.ts';
import classes from './status.module.css';

export default function StatusPage() {
  const runtime = useAnswer<RuntimeInfo>('/status/runtimeinfo', {}, { everyMs: STATE_EVERY_MS });
  const build = useAnswer<BuildInfo>('/status/buildinfo');
  return (
    <>
      <PageHead title="Runtime & build" />
      <div className={classes.stack}>
        <Answered result={runtime} what="the runtime information">
          {(info) => <Warnings warnings={info.tributary?.warnings ?? []} />}
        </Answered>
        <div className={classes.cards}>
          {runtime.data !== undefined && (
            <Card title="Runtime">
              <RuntimeFacts info={runtime.data.data} />
            </Card>
          )}
          <Card title="Build">
            <Answered result={build} what="the build information">
              {(info) => <Facts facts={buildFacts(info)} />}
            </Answered>
          </Card>
        </div>
      </div>
    </>
  );
}

function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <Alert color="yellow" title={counted(warnings.length, 'warning')}>
      <List size="sm" spacing={4}>
        {warnings.map((warning) => (
          <List.Item key={warning}>{warning}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

function RuntimeFacts({ info }: { readonly info: RuntimeInfo }) {
  const timeOf = useTimeFormat();
  const startMs = msOf(info.startTime);
  const serverMs = msOf(info.serverTime);
  const configMs = msOf(info.lastConfigTime);
  const facts: Fact[] = [
    ['Started', startMs === null ? 'not known' : timeOf(startMs)],
    ['Uptime', startMs === null || serverMs === null ? 'not known' : formatSeconds((serverMs - startMs) / 1000)],
    [
      'Configuration',
      <>
        {info.reloadConfigSuccess ? (
          <StateBadge tone="good">loaded</StateBadge>
        ) : (
          <StateBadge tone="bad">the last reload failed: the one before is in use, see the log</StateBadge>
        )}{' '}
        {configMs !== null && (
          <>
            {timeOf(configMs)} (<Ago ms={configMs} />)
          </>
        )}
      </>,
    ],
    ['Retention', info.storageRetention === '' ? 'not set' : info.storageRetention],
    ['Log records that could not be read', formatCount(info.corruptionCount)],
    ['Host', info.hostname],
    ['Working directory', info.CWD],
    ["Server's clock", serverMs === null ? 'not known' : timeOf(serverMs)],
    ['Query workers', formatCount(info.tributary?.queryWorkers ?? 0)],
  ];
  if (typeof info.GOMAXPROCS === 'number' && info.GOMAXPROCS > 0) facts.push(['Processors used', formatCount(info.GOMAXPROCS)]);
  if (typeof info.GOMEMLIMIT === 'number' && info.GOMEMLIMIT > 0 && info.GOMEMLIMIT < Number.MAX_SAFE_INTEGER)
    facts.push(['Memory limit', formatBytes(info.GOMEMLIMIT)]);
  return <Facts facts={facts} />;
}

const BUILD_NAMES: Readonly<Record<string, string>> = {
  tributaryVersion: 'Tributary',
  version: 'Speaks the API of Prometheus',
  revision: 'Revision',
  nodeVersion: 'Node.js',
  branch: 'Branch',
  buildUser: 'Built by',
  buildDate: 'Built at',
  goVersion: 'Go',
};

/** Known ones in their order, then all others; those that are empty say nothing. */
function buildFacts(info: BuildInfo): Fact[] {
  const names = [...Object.keys(BUILD_NAMES), ...Object.keys(info).filter((name) => !Object.hasOwn(BUILD_NAMES, name))];
  return names.filter((name) => (info[name] ?? '') !== '').map((name) => [BUILD_NAMES[name] ?? name, info[name]]);
}
