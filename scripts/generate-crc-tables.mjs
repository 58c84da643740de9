// Writes assembly/crc-tables.ts: the eight tables of CRC-32C (Castagnoli, reflected polynomial 0x82f63b78) that slicing by eight wants.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const POLYNOMIAL = 0x82f63b78;
const tables = [[]];
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  tables[0].push(crc >>> 0);
}
for (let slice = 1; slice < 8; slice++) tables.push(tables[slice - 1].map((crc) => ((crc >>> 8) ^ tables[0][crc & 0xff]) >>> 0));
const rows = tables.flatMap((table) =>
  Array.from(
    { length: 32 },
    (_, row) =>
      `  ${table
        .slice(row * 8, row * 8 + 8)
        .map((crc) => `0x${crc.toString(16)}`)
        .join(', ')},`,
  ),
);
writeFileSync(
  fileURLToPath(new URL('../assembly/crc-tables.ts', import.meta.url)),
  `// Written by scripts/generate-crc-tables.mjs: tables of CRC-32C for slicing by eight, 256 entries each.
// biome-ignore format: a table
export const CRC_TABLES: usize = memory.data<u32>([
${rows.join('\n')}
]);
`,
);
