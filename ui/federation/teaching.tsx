// Where nobody federates yet: what it is, and the configuration that begins it.
import { Card } from '../components/card.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { Wide } from '../components/wide.tsx';
import classes from './teaching.module.css';

/** As in the README. */
function stanzaOf(targets: readonly string[]): string {
  return `scrape_configs:
- job_name: federate
  honor_labels: true           # keep the labels of the source
  metrics_path: /federate
  params:
    'match[]':                 # which series: any instant vector selectors
    - '{__name__=~"job:.*"}'
    metadata: ['1']            # real TYPE and HELP where the source is a Tributary
  static_configs:
  - targets: [${targets.map((target) => `'${target}'`).join(', ')}]
`;
}

interface Props {
  /** Nobody federates with anybody: the configuration is shown at once. */
  readonly isAlone: boolean;
}

export function NoSources({ isAlone }: Props) {
  return (
    <Teaching
      title={isAlone ? 'Pull from another server' : 'Sources'}
      sentence="This server pulls from no other."
      how="To have the aggregates of lower servers here, add this to the configuration of this server, with their addresses, and reload it:"
      text={stanzaOf(['eu1:9090', 'us1:9090'])}
      isAlone={isAlone}
    />
  );
}

export function NoConsumers({ isAlone }: Props) {
  return (
    <Teaching
      title={isAlone ? 'Let another server pull from this one' : 'Consumers'}
      sentence="Nobody has asked this server for /federate since it started."
      how="To have its aggregates in a higher server, add this to the configuration of that one, and reload it:"
      text={stanzaOf([window.location.host])}
      isAlone={isAlone}
    />
  );
}

interface TeachingProps extends Props {
  readonly title: string;
  readonly sentence: string;
  readonly how: string;
  readonly text: string;
}

function Teaching({ title, sentence, how, text, isAlone }: TeachingProps) {
  return (
    <Card title={title}>
      <div className={classes.teaching}>
        {isAlone ? (
          <>
            <p>
              {sentence} {how}
            </p>
            <Stanza name={`Configuration: ${title}`} text={text} />
          </>
        ) : (
          <>
            <p>{sentence}</p>
            <details>
              <summary>How to begin</summary>
              <p>{how}</p>
              <Stanza name={`Configuration: ${title}`} text={text} />
            </details>
          </>
        )}
      </div>
    </Card>
  );
}

function Stanza({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div className={classes.stanza}>
      <Wide name={name}>
        <pre className={classes.text}>{text}</pre>
      </Wide>
      <CopyButton text={text} label="Copy the configuration" />
    </div>
  );
}
