// `storage`: of it the retention works. Bounds as in config/config.go and cmd/prometheus/main.go of prometheus/prometheus.
import type { StorageConfig } from './config.ts';
import type { storageFields } from './schema.ts';
import type { Section } from './section.ts';

const NO_RETENTION = { timeMs: 0, sizeBytes: 0, percentage: 0 };

export function readStorage(storage: Section<typeof storageFields> | undefined): StorageConfig {
  const retention = storage?.get('tsdb')?.get('retention');
  if (retention === undefined) return { retention: NO_RETENTION };
  const percentage = retention.get('percentage') ?? 0;
  if (percentage < 0 || percentage > 100) retention.problem('percentage', `got ${percentage}, want a percentage from 0 to 100`);
  return { retention: { timeMs: retention.get('time') ?? 0, sizeBytes: retention.get('size') ?? 0, percentage } };
}
