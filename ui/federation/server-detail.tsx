// This server, in the middle.
import { Card } from '../components/card.tsx';
import { Facts } from '../components/facts.tsx';
import { counted } from '../format/number.ts';
import { serverFacts, Warnings } from './detail-parts.tsx';
import { seriesWords } from './flow-words.ts';
import { allSources, type FederationTree } from './tree.ts';

export function ServerDetail({ tree }: { readonly tree: FederationTree }) {
  const { server, sources, consumers } = tree;
  const deeper = allSources(sources).length - sources.length;
  const pulled = sources.reduce((sum, { flow }) => sum + (flow.series ?? 0), 0);
  const failing = sources.filter(({ health }) => health.tone === 'bad').length;
  const silent = consumers.filter(({ health }) => health.tone === 'quiet').length;
  return (
    <Card title="This server">
      <Facts
        facts={[
          ...serverFacts(server),
          [
            'Sources',
            `${counted(sources.length, 'source')}${failing === 0 ? '' : `, ${failing} failing`}${deeper === 0 ? '' : `, and ${deeper} below them`}`,
          ],
          ['Pulled', sources.length === 0 ? 'nothing' : `${seriesWords(pulled)} with each round`],
          ['Consumers', `${counted(consumers.length, 'consumer')}${silent === 0 ? '' : `, ${silent} of them silent`}`],
        ]}
      />
      <Warnings warnings={server.warnings} />
    </Card>
  );
}
