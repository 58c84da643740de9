// Touch on a plot. A drag to the side chooses a piece of time, one upwards or downwards scrolls the page (`touch-action` leaves it to
// the browser, which then cancels the pointer); a tap moves the cursor there, a tap elsewhere takes it away. uPlot knows a mouse alone.
import type uPlot from 'uplot';

interface Drag {
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
  /** It has gone far enough to be no tap. */
  moved: boolean;
}

const NOWHERE = { left: -10, top: -10 };
const NOTHING = { left: 0, top: 0, width: 0, height: 0 };

/** Until what is given back is called. What is a drag of the mouse is one of the finger: `cursor.drag.dist`. */
export function listenToTouch(chart: uPlot): () => void {
  const { over } = chart;
  const leastDragPx = chart.cursor.drag?.dist ?? 0;
  const listening = new AbortController();
  const { signal } = listening;
  let drag: Drag | null = null;

  const placeOf = ({ clientX, clientY }: PointerEvent): { x: number; y: number } => {
    const { left, top } = over.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const selectTo = (x: number, done: boolean): void => {
    const [from, to] = [drag!.x, Math.max(0, Math.min(x, over.clientWidth))].sort((a, b) => a - b);
    chart.setSelect({ left: from, top: 0, width: to - from, height: over.clientHeight }, done);
  };
  const end = (): void => {
    if (drag?.moved) chart.setSelect(NOTHING, false);
    drag = null;
  };

  over.addEventListener(
    'pointerdown',
    (event) => {
      if (event.pointerType !== 'touch') return;
      const isSecond = drag !== null;
      end();
      // Two fingers choose nothing.
      if (!isSecond && event.isPrimary) drag = { pointer: event.pointerId, ...placeOf(event), moved: false };
    },
    { signal },
  );
  over.addEventListener(
    'pointermove',
    (event) => {
      if (event.pointerId !== drag?.pointer) return;
      const { x } = placeOf(event);
      if (!drag.moved && Math.abs(x - drag.x) >= leastDragPx) {
        drag.moved = true;
        chart.setCursor(NOWHERE);
      }
      if (drag.moved) selectTo(x, false);
    },
    { signal },
  );
  over.addEventListener(
    'pointerup',
    (event) => {
      if (event.pointerId !== drag?.pointer) return;
      const { x, y } = placeOf(event);
      if (drag.moved) selectTo(x, true);
      else chart.setCursor({ left: x, top: y });
      end();
    },
    { signal },
  );
  over.addEventListener('pointercancel', end, { signal });
  document.addEventListener(
    'pointerdown',
    (event) => {
      if (event.pointerType === 'touch' && !over.contains(event.target as Node)) chart.setCursor(NOWHERE);
    },
    { signal },
  );
  return () => listening.abort();
}
