// A plain CRC-32C (Castagnoli, reflected), one byte at a time: the kernel's judge, and enough for small files.

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

export const plainCrc32c = {
  crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
    let crc = 0xffffffff;
    for (let i = start; i < end; i++) crc = table[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
  },
};
