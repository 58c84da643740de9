// Where everything stands in the picture, in CSS pixels: consumers above, this server, its sources below, theirs below them. A small tree has
// a row for each level; in one that would be too wide, the sources of sources hang one below the other.
import { belowKey, consumersKey, groupOf, MOST_BESIDE, mostBelow } from './groups.ts';
import { type ConsumerNode, type FederationTree, SELF_KEY, type SourceNode } from './tree.ts';

export type Content =
  | { readonly kind: 'self' }
  | SourceNode
  | ConsumerNode
  /** Those that are not drawn; none where the group is open and can be closed. */
  | { readonly kind: 'more'; readonly key: string; readonly hidden: readonly (SourceNode | ConsumerNode)[] }
  | { readonly kind: 'none'; readonly text: string };

export interface Place {
  readonly content: Content;
  readonly x: number;
  readonly y: number;
  /** How the line meets it, and so where its text stands: at the top, at the bottom, at the left side. */
  readonly side: 'top' | 'bottom' | 'left' | 'none';
}

/** Of what flows from one place to the next above it. */
export interface Line {
  readonly content: SourceNode | ConsumerNode | (Content & { kind: 'more' });
  /** `rise`: straight up from the source, then bent; `lift`: bent, then straight up to the consumer; `hang`: from the side of the source. */
  readonly bend: 'rise' | 'lift' | 'hang';
  readonly from: Point;
  /** Where what is straight meets what is bent. */
  readonly turnY: number;
  /** Of the arrow, which points upwards to the one who pulls. */
  readonly tip: Point;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What stands at a height. */
export interface Band {
  readonly title: string;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly places: readonly Place[];
  readonly lines: readonly Line[];
  readonly bands: readonly Band[];
  /** Of the middle of this server. */
  readonly centre: Point;
}

export const SIZES = {
  width: 186,
  height: 64,
  /** Between two in a row. */
  gap: 14,
  /** Where lines part. */
  fan: 40,
  /** Beside a line, two rows of text. */
  flow: 40,
  /** Above a place that hangs: one row of text. */
  hangingFlow: 22,
  indent: 26,
  more: 30,
  none: 44,
} as const;

/** A tree that is wider with a row for each level has its deeper sources hanging. */
const WIDEST_ROWS = 7 * (SIZES.width + SIZES.gap);
/** Between the tips of arrows. */
const TIP_GAP = 16;

interface Item {
  readonly content: Content;
  readonly below: readonly Item[];
}

/** With the top of its place at 0. */
interface Block {
  readonly width: number;
  readonly height: number;
  /** Of the middle of its place. */
  readonly anchor: number;
  readonly places: readonly Place[];
  readonly lines: readonly Line[];
}

export function layoutOf(tree: FederationTree, opened: ReadonlySet<string>): Layout {
  const below = itemsOf(tree.sources, { key: SELF_KEY, most: MOST_BESIDE, deeper: mostBelow(tree.sources), opened });
  const root: Item = {
    content: { kind: 'self' },
    below: below.length === 0 ? [{ content: { kind: 'none', text: 'This server pulls from no other' }, below: [] }] : below,
  };
  const rows = leavesOf(root) * (SIZES.width + SIZES.gap) <= WIDEST_ROWS;
  const lower = blockOf(root, rows, 0);
  const upper = consumerRow(tree.consumers, opened);
  const left = Math.max(upper.width / 2, lower.anchor);
  const lowerAt = { x: left - lower.anchor, y: upper.height };
  const upperAt = { x: left - upper.width / 2, y: 0 };
  const tips = spread(upper.lines.length, left);
  return {
    width: Math.max(lowerAt.x + lower.width, upperAt.x + upper.width),
    height: upper.height + lower.height,
    places: [...upper.places.map(movedBy(upperAt)), ...lower.places.map(movedBy(lowerAt))],
    lines: [
      ...upper.lines.map(({ content, x }, i) => ({
        content,
        bend: 'lift' as const,
        from: { x: tips[i], y: upper.height },
        turnY: SIZES.height + SIZES.flow,
        tip: { x: x + upperAt.x, y: SIZES.height },
      })),
      ...lower.lines.map((line) => lineMovedBy(line, lowerAt)),
    ],
    bands: bandsOf(upper.height, rows && below.length > 0 ? levelsOf(root) : 2),
    centre: { x: left, y: upper.height + SIZES.height / 2 },
  };
}

interface Drawing {
  readonly key: string;
  readonly most: number;
  /** How many of each group below are drawn. */
  readonly deeper: number;
  readonly opened: ReadonlySet<string>;
}

function itemsOf(nodes: readonly SourceNode[], { key, most, deeper, opened }: Drawing): Item[] {
  const groupKey = belowKey(key);
  const group = groupOf(nodes, most, opened.has(groupKey));
  const items = group.shown.map(
    (node): Item => ({ content: node, below: itemsOf(node.children, { key: node.key, most: deeper, deeper, opened }) }),
  );
  const hasMore = group.hidden.length > 0 || group.opened;
  return hasMore ? [...items, { content: { kind: 'more', key: groupKey, hidden: group.hidden }, below: [] }] : items;
}

function blockOf(item: Item, rows: boolean, depth: number): Block {
  const own = { content: item.content, x: 0, y: 0, side: sideOf(item, rows, depth) };
  const height = heightOf(item.content);
  if (item.below.length === 0) return { width: SIZES.width, height, anchor: SIZES.width / 2, places: [own], lines: [] };
  return depth === 0 || rows ? besideEachOther(item, own, rows, depth) : hanging(item, own, depth);
}

function sideOf({ content }: Item, rows: boolean, depth: number): Place['side'] {
  if (content.kind === 'self' || content.kind === 'none') return 'none';
  return rows || depth <= 1 ? 'top' : 'left';
}

function besideEachOther(item: Item, own: Place, rows: boolean, depth: number): Block {
  const y = SIZES.height + SIZES.fan + (item.below[0].content.kind === 'none' ? 0 : SIZES.flow);
  const blocks = item.below.map((child) => blockOf(child, rows, depth + 1));
  const places: Place[] = [];
  const lines: Line[] = [];
  const anchors: number[] = [];
  let x = 0;
  for (const block of blocks) {
    places.push(...block.places.map(movedBy({ x, y })));
    lines.push(...block.lines.map((line) => lineMovedBy(line, { x, y })));
    anchors.push(x + block.anchor);
    x += block.width + SIZES.gap;
  }
  const middle = Math.max((anchors[0] + anchors[anchors.length - 1]) / 2, SIZES.width / 2);
  const tips = spread(anchors.length, middle);
  item.below.forEach(({ content }, i) => {
    if (content.kind !== 'self' && content.kind !== 'none')
      lines.push({ content, bend: 'rise', from: { x: anchors[i], y }, turnY: y - SIZES.flow, tip: { x: tips[i], y: SIZES.height } });
  });
  return {
    width: Math.max(x - SIZES.gap, middle + SIZES.width / 2),
    height: y + Math.max(...blocks.map(({ height }) => height)),
    anchor: middle,
    places: [{ ...own, x: middle - SIZES.width / 2 }, ...places],
    lines,
  };
}

function hanging(item: Item, own: Place, depth: number): Block {
  const places: Place[] = [own];
  const lines: Line[] = [];
  const tip = { x: SIZES.indent / 2, y: SIZES.height };
  let y = SIZES.height + SIZES.gap / 2;
  let width: number = SIZES.width;
  for (const child of item.below) {
    if (child.content.kind !== 'more') y += SIZES.hangingFlow;
    else y += SIZES.gap / 2;
    const block = blockOf(child, false, depth + 1);
    places.push(...block.places.map(movedBy({ x: SIZES.indent, y })));
    lines.push(...block.lines.map((line) => lineMovedBy(line, { x: SIZES.indent, y })));
    const middle = y + heightOf(child.content) / 2;
    if (child.content.kind === 'source' || child.content.kind === 'more') {
      lines.push({ content: child.content, bend: 'hang', from: { x: SIZES.indent, y: middle }, turnY: middle, tip });
    }
    y += block.height;
    width = Math.max(width, SIZES.indent + block.width);
  }
  return { width, height: y, anchor: SIZES.width / 2, places, lines };
}

interface ConsumerRow {
  readonly width: number;
  /** Down to this server. */
  readonly height: number;
  readonly places: readonly Place[];
  readonly lines: readonly { readonly content: Line['content']; readonly x: number }[];
}

function consumerRow(consumers: readonly ConsumerNode[], opened: ReadonlySet<string>): ConsumerRow {
  if (consumers.length === 0) {
    const content: Content = { kind: 'none', text: 'No server has asked for /federate' };
    return { width: SIZES.width, height: SIZES.none + SIZES.fan, places: [{ content, x: 0, y: 0, side: 'none' }], lines: [] };
  }
  const group = groupOf(consumers, MOST_BESIDE, opened.has(consumersKey));
  const contents: Line['content'][] = [...group.shown];
  if (group.hidden.length > 0 || group.opened) contents.push({ kind: 'more', key: consumersKey, hidden: group.hidden });
  const step = SIZES.width + SIZES.gap;
  return {
    width: contents.length * step - SIZES.gap,
    height: SIZES.height + SIZES.flow + SIZES.fan,
    places: contents.map((content, i) => ({ content, x: i * step, y: SIZES.height - heightOf(content), side: 'bottom' })),
    lines: contents.map((content, i) => ({ content, x: i * step + SIZES.width / 2 })),
  };
}

export function heightOf({ kind }: Content): number {
  if (kind === 'more') return SIZES.more;
  return kind === 'none' ? SIZES.none : SIZES.height;
}

/** Where `count` lines meet the edge of a place around `middle`. */
function spread(count: number, middle: number): number[] {
  const step = Math.min(TIP_GAP, (SIZES.width - TIP_GAP) / Math.max(count, 1));
  return Array.from({ length: count }, (_, i) => middle + (i - (count - 1) / 2) * step);
}

function bandsOf(selfY: number, levels: number): Band[] {
  const half = SIZES.height / 2;
  const step = SIZES.height + SIZES.fan + SIZES.flow;
  return [
    { title: 'Consumers', y: selfY - SIZES.fan - SIZES.flow - half },
    { title: 'This server', y: selfY + half },
    ...Array.from({ length: levels - 1 }, (_, i) => ({ title: i === 0 ? 'Sources' : 'Their sources', y: selfY + half + (i + 1) * step })),
  ];
}

const leavesOf = ({ below }: Item): number => (below.length === 0 ? 1 : below.reduce((sum, item) => sum + leavesOf(item), 0));
const levelsOf = ({ below }: Item): number => 1 + below.reduce((most, item) => Math.max(most, levelsOf(item)), 0);

const movedBy =
  ({ x, y }: Point) =>
  (place: Place): Place => ({ ...place, x: place.x + x, y: place.y + y });

function lineMovedBy(line: Line, { x, y }: Point): Line {
  const { from, tip, turnY } = line;
  return { ...line, from: { x: from.x + x, y: from.y + y }, tip: { x: tip.x + x, y: tip.y + y }, turnY: turnY + y };
}

/** Of an SVG path, which ends where the arrow's head begins. */
export function pathOf({ bend, from, turnY, tip }: Line, headHeight: number): string {
  const end = tip.y + headHeight;
  if (bend === 'hang') return `M${from.x} ${from.y}H${tip.x}V${end}`;
  if (bend === 'rise') {
    const half = (turnY + end) / 2;
    return `M${from.x} ${from.y}V${turnY}C${from.x} ${half} ${tip.x} ${half} ${tip.x} ${end}`;
  }
  const half = (from.y + turnY) / 2;
  return `M${from.x} ${from.y}C${from.x} ${half} ${tip.x} ${half} ${tip.x} ${turnY}V${end}`;
}
