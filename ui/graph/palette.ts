// Colours of series: far apart from their neighbours, at least 3:1 against the ground they are drawn on.

const ON_LIGHT = [
  '#0a7f99',
  '#c2410c',
  '#6d28d9',
  '#2f7d32',
  '#c2185b',
  '#1d4ed8',
  '#8a6100',
  '#0f766e',
  '#b91c1c',
  '#7e22ce',
  '#4d7c0f',
  '#9d174d',
  '#0369a1',
  '#92400e',
  '#4338ca',
  '#047857',
  '#be123c',
  '#5b21b6',
  '#6b6200',
  '#155e75',
  '#a21caf',
  '#166534',
  '#9a3412',
  '#334155',
];
const ON_DARK = [
  '#3bc9db',
  '#ff922b',
  '#b197fc',
  '#69db7c',
  '#f783ac',
  '#74a9ff',
  '#ffd43b',
  '#38d9a9',
  '#ff8787',
  '#d0a2ff',
  '#a9e34b',
  '#faa2c1',
  '#66c2ff',
  '#e8a55e',
  '#91a7ff',
  '#63e6be',
  '#ff6b81',
  '#9775fa',
  '#d8d23c',
  '#7cc7d6',
  '#e599f7',
  '#8ce99a',
  '#ffa94d',
  '#ced4da',
];

/** The colour of the series at an index; after the last one they begin again. */
export function seriesColour(index: number, dark: boolean): string {
  const palette = dark ? ON_DARK : ON_LIGHT;
  return palette[index % palette.length];
}

export interface GroundColours {
  readonly text: string;
  readonly grid: string;
  readonly ground: string;
}

export function groundColours(dark: boolean): GroundColours {
  return dark ? { text: '#ced4da', grid: '#34393e', ground: '#1f2326' } : { text: '#495057', grid: '#e9ecef', ground: '#ffffff' };
}

/** From faint to full, `share` from 0 to 1: a square root, so that small counts are seen beside large ones. */
export function heatColour(share: number, dark: boolean): string {
  const strength = Math.sqrt(Math.min(Math.max(share, 0), 1));
  const lightness = dark ? 28 + 57 * strength : 93 - 58 * strength;
  return `hsl(${195 - 175 * strength * strength} ${55 + 30 * strength}% ${lightness}%)`;
}
