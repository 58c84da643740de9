// The picture of the tree: places are buttons, arrows lie below them. A place and its arrow are one thing to select: a source is what is pulled.
import { useLayoutEffect, useMemo, useRef } from 'react';
import { formatCount } from '../format/number.ts';
import { type Layout, layoutOf, SIZES } from './layout.ts';
import { Lines } from './lines.tsx';
import { NodeCard, SelfCard } from './node-card.tsx';
import classes from './picture.module.css';
import type { Selection } from './selection.ts';
import { type FederationTree, SELF_KEY } from './tree.ts';

interface Props {
  readonly tree: FederationTree;
  readonly selection: Selection;
}

/** Left of what is drawn, for the titles of the rows. */
const MARGIN = 124;

export function Picture({ tree, selection }: Props) {
  const { opened } = selection;
  const openKeys = [...opened].join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the set is made anew each time, its content is what counts
  const layout = useMemo(() => layoutOf(tree, opened), [tree, openKeys]);
  const scroll = useRef<HTMLDivElement>(null);
  const centreX = layout.centre.x;
  useLayoutEffect(() => {
    // This server is what one looks for first, and again when the picture has become wider.
    if (scroll.current !== null) scroll.current.scrollLeft = MARGIN + centreX - scroll.current.clientWidth / 2;
  }, [centreX]);
  return (
    <div className={classes.frame}>
      <section className={classes.scroll} ref={scroll} aria-label="Picture of the federation: select a server to see its details">
        <div className={classes.canvas} style={{ width: layout.width, height: layout.height }}>
          <Bands layout={layout} />
          <Lines layout={layout} selection={selection} />
          <Places layout={layout} tree={tree} selection={selection} />
        </div>
      </section>
      <Legend />
    </div>
  );
}

function Bands({ layout }: { readonly layout: Layout }) {
  return layout.bands.map(({ title, y }) => (
    <div key={`${title} ${y}`} className={classes.band} style={{ top: y }}>
      <span className={classes.bandTitle}>{title}</span>
    </div>
  ));
}

function Places({ layout, tree, selection: { key, select, toggle } }: Props & { readonly layout: Layout }) {
  return layout.places.map(({ content, x, y, side }) => {
    const style = { left: x, top: y, width: SIZES.width };
    switch (content.kind) {
      case 'self':
        return (
          <div key="self" className={classes.place} style={style}>
            <SelfCard tree={tree} selected={key === SELF_KEY} onSelect={() => select(SELF_KEY)} />
          </div>
        );
      case 'none':
        return (
          <div key={content.text} className={classes.none} style={{ ...style, height: SIZES.none }}>
            {content.text}
          </div>
        );
      case 'more': {
        const failing = content.hidden.filter(({ health }) => health.tone === 'bad').length;
        return (
          <button key={content.key} type="button" className={classes.more} style={style} onClick={() => toggle(content.key)}>
            {content.hidden.length === 0 ? 'Show fewer' : `and ${formatCount(content.hidden.length)} more`}
            {failing > 0 && <span className={classes.failing}>, {formatCount(failing)} failing</span>}
          </button>
        );
      }
      default:
        return (
          <div key={content.key} className={classes.place} style={style}>
            <NodeCard node={content} side={side} selected={key === content.key} onSelect={() => select(content.key)} />
          </div>
        );
    }
  });
}

function Legend() {
  return (
    <ul className={classes.legend} aria-label="How to read the picture">
      <li>Samples flow along the arrows, upwards.</li>
      <li>
        <svg width="54" height="10" aria-hidden="true">
          <path d="M0 5H16" className={classes.sampleLine} strokeWidth="1.5" />
          <path d="M19 5H35" className={classes.sampleLine} strokeWidth="3" />
          <path d="M38 5H54" className={classes.sampleLine} strokeWidth="5.5" />
        </svg>
        ten times the series, a step thicker
      </li>
      <li>
        <svg width="28" height="10" aria-hidden="true">
          <path d="M0 5H28" className={classes.sampleLine} data-tone="odd" strokeWidth="3" />
        </svg>
        late
      </li>
      <li>
        <svg width="28" height="10" aria-hidden="true">
          <path d="M0 5H28" className={classes.sampleLine} data-tone="bad" strokeWidth="3" />
        </svg>
        failing
      </li>
    </ul>
  );
}
