// /config: the configuration in use, with all defaults.
import { Group } from '@mantine/core';
import { useMemo } from 'react';
import type { ConfigAnswer } from '../../src/answers/index.ts';
import { Answered } from '../components/answered.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { EmptyNote } from '../components/empty-note.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Wide } from '../components/wide.tsx';
import { counted } from '../format/number.ts';
import { useAnswer } from '../server/use-answer.ts';
import classes from './config-page.module.css';
import status from './status.module.css';
import { yamlParts } from './yaml-lines.ts';

/** Beyond, a configuration is shown without colours: it would be more elements than a browser likes. */
const MOST_COLOURED_LINES = 10_000;

export default function ConfigPage() {
  const result = useAnswer<ConfigAnswer>('/status/config');
  return (
    <>
      <PageHead title="Configuration" />
      <Answered result={result} what="the configuration">
        {({ yaml }) => (yaml.trim() === '' ? <EmptyNote>The configuration is empty.</EmptyNote> : <Yaml yaml={yaml} />)}
      </Answered>
    </>
  );
}

function Yaml({ yaml }: { readonly yaml: string }) {
  const lines = useMemo(() => yaml.trimEnd().split('\n'), [yaml]);
  return (
    <>
      <Group gap="sm" mb="xs">
        <CopyButton text={yaml} label="Copy" />
        <span className={status.note}>{counted(lines.length, 'line')}, with all defaults; secrets are hidden</span>
      </Group>
      <div className={status.box}>
        <Wide name="Configuration as YAML">
          <pre className={classes.yaml}>
            <code>{lines.length > MOST_COLOURED_LINES ? yaml : <Coloured lines={lines} />}</code>
          </pre>
        </Wide>
      </div>
    </>
  );
}

function Coloured({ lines }: { readonly lines: readonly string[] }) {
  return useMemo(
    () =>
      lines.flatMap((line, lineNumber) => [
        ...yamlParts(line).map(({ kind, text }, part) =>
          kind === 'plain' || kind === 'mark' ? (
            text
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: a text's parts have nothing but their place, and are drawn once
            <span key={`${lineNumber} ${part}`} className={classes[kind]}>
              {text}
            </span>
          ),
        ),
        '\n',
      ]),
    [lines],
  );
}
