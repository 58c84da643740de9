// What the simulated cluster's scheduler exposes: the CPU that each service's pods use, in waves of some minutes that take the shop to its
// limit, and the limits. As the service, it depends on the clock alone.
import { chance } from './demo-rhythm.ts';

export interface SimulatedClusterOptions {
  /** Their pods are `<name>-0` and so on. */
  readonly services: readonly string[];
  readonly pods: number;
  readonly seed: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface SimulatedCluster {
  /** What its /metrics says now: text 0.0.4. */
  metrics(): string;
}

const LIMIT_CORES = 2;
/** Of the limit, on average, and how far the waves go up and down from there. */
const LEVEL = 0.68;
const SWING = 0.32;
export const WAVE_SECONDS = 240;

export function createSimulatedCluster({ services, pods, seed, now }: SimulatedClusterOptions): SimulatedCluster {
  const startS = now() / 1000;
  const all = services.flatMap((service, i) =>
    Array.from({ length: pods }, (_, pod) => ({
      labels: `service="${service}",pod="${service}-${pod}"`,
      // The first service's pods are at their limit together; others a little earlier or later.
      phase: i === 0 ? 0 : chance(seed, service),
      size: 0.9 + 0.1 * chance(seed, `${service}-${pod}`),
    })),
  );
  return {
    metrics() {
      const nowS = now() / 1000;
      const usage = all.map(
        ({ labels, phase, size }) => `container_cpu_usage_seconds_total{${labels}} ${usedSeconds(startS, nowS, phase) * size}\n`,
      );
      const limits = all.map(({ labels }) => `container_cpu_limit_cores{${labels}} ${LIMIT_CORES}\n`);
      return (
        '# HELP container_cpu_usage_seconds_total CPU time that a pod has used.\n# TYPE container_cpu_usage_seconds_total counter\n' +
        `${usage.join('')}# HELP container_cpu_limit_cores CPU that a pod may use.\n# TYPE container_cpu_limit_cores gauge\n${limits.join('')}`
      );
    },
  };
}

/** The integral of the waves. They begin low, so that nothing is wrong when one looks first. */
function usedSeconds(fromS: number, toS: number, phase: number): number {
  const angle = (timeS: number): number => 2 * Math.PI * ((timeS - fromS) / WAVE_SECONDS + phase);
  const waves = ((SWING * WAVE_SECONDS) / (2 * Math.PI)) * (Math.sin(angle(fromS)) - Math.sin(angle(toS)));
  return LIMIT_CORES * (LEVEL * (toS - fromS) + waves);
}
