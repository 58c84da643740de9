// The arrows. For the eye and the mouse: whoever uses the keyboard, or listens, has all of it in the places.

import { type Layout, type Line, pathOf } from './layout.ts';
import classes from './picture.module.css';
import type { Selection } from './selection.ts';

interface Props {
  readonly layout: Layout;
  readonly selection: Selection;
}

const THINNEST = 1.25;
const STEP = 1.05;
/** Of what is clicked. */
const GRIP = 14;

export function Lines({ layout, selection }: Props) {
  return (
    <svg className={classes.lines} width={layout.width} height={layout.height} aria-hidden="true">
      {[...layout.lines].sort(othersFirst).map((line) => (
        <Arrow key={line.content.key} line={line} selection={selection} />
      ))}
    </svg>
  );
}

function Arrow({ line, selection }: { readonly line: Line; readonly selection: Selection }) {
  const { content, tip } = line;
  const isMore = content.kind === 'more';
  const width = isMore ? THINNEST : widthOf(content.flow.series ?? 0);
  const head = { half: width / 2 + 3, height: width / 2 + 6 };
  const path = pathOf(line, head.height - 1);
  if (isMore && content.hidden.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse alone, the place at its end is the button
    <g
      className={classes.arrow}
      data-tone={isMore ? 'quiet' : content.health.tone}
      data-selected={selection.key === content.key || undefined}
      onClick={() => (isMore ? selection.toggle(content.key) : selection.select(content.key))}
    >
      <path className={classes.grip} d={path} strokeWidth={GRIP} />
      <path className={classes.line} d={path} strokeWidth={width} />
      <path className={classes.head} d={`M${tip.x} ${tip.y + 1}l${head.half} ${head.height}h${-2 * head.half}z`} />
    </g>
  );
}

/** Those that are not drawn lie below all that is. */
function othersFirst(a: Line, b: Line): number {
  return Number(b.content.kind === 'more') - Number(a.content.kind === 'more');
}

/** By the logarithm: a step for ten times as many. */
function widthOf(series: number): number {
  return THINNEST + STEP * Math.log10(1 + series);
}
