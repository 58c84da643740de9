// From one entry of `alerting.alertmanagers` to the addresses that alerts are posted to. Pure. Behaviour: Prometheus 3.14's notifier, but a
// target that cannot be used takes none of its group with it.

import { posix } from 'node:path';
import type { AlertmanagerConfig, TargetGroup } from '../config/index.ts';
import { serverUrl } from '../discovery/index.ts';
import { type Labels, labelsOf, labelValue, quoteGo, relabel } from '../model/index.ts';

const ADDRESS = '__address__';
const PATH = '__alerts_path__';

export interface AlertmanagerTargets {
  /** Where alerts go, each once. */
  readonly active: readonly string[];
  /** Where they would have gone without the relabelling rules. */
  readonly dropped: readonly string[];
  /** One sentence for each that cannot be sent to. */
  readonly problems: readonly string[];
}

export function alertmanagerTargets(config: AlertmanagerConfig): AlertmanagerTargets {
  const active = new Set<string>();
  const dropped: string[] = [];
  const problems: string[] = [];
  for (const group of config.staticConfigs) {
    for (const address of group.targets) {
      const discovered = discoveredLabels(address, group, config);
      const labels = relabel(discovered, config.relabelConfigs);
      const problem = labels === null ? null : addressProblem(labelValue(labels, ADDRESS));
      if (labels === null) dropped.push(serverUrl(discovered, PATH));
      else if (problem === null) active.add(serverUrl(labels, PATH));
      else problems.push(`Alertmanager ${quoteGo(address)} in group ${group.source}: ${problem}`);
    }
  }
  return { active: [...active], dropped, problems };
}

/** What is wrong with the Alertmanagers of a configuration that loads, for `tributary check config`. */
export function alertmanagerProblems(config: AlertmanagerConfig): readonly string[] {
  return alertmanagerTargets(config).problems;
}

/** What stands on the target wins over the group's labels, and these over the settings. */
function discoveredLabels(address: string, group: TargetGroup, config: AlertmanagerConfig): Labels {
  const labels = new Map([
    ['__scheme__', config.scheme],
    [PATH, posix.join('/', config.pathPrefix, `/api/${config.apiVersion}/alerts`)],
    ...group.labels,
    [ADDRESS, address],
  ]);
  return labelsOf(Object.fromEntries([...labels].filter(([, value]) => value !== '')));
}

function addressProblem(address: string): string | null {
  if (address === '') return 'no address';
  // It would stand in logs and metrics, and is used for nothing.
  if (address.includes('@')) return 'the address has credentials: they belong into basic_auth';
  return address.includes('/') ? `${quoteGo(address)} is not a valid hostname` : null;
}
