// A uPlot chart in an element: made anew with its options, as wide as the element.
import { type RefObject, useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { listenToTouch } from './touch.ts';

/** `options` without a size; the same object as long as nothing changes. */
export function useChart(
  options: Omit<uPlot.Options, 'width' | 'height'>,
  data: uPlot.AlignedData,
  height: number,
): RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parent = element.current!;
    const chart = new uPlot({ ...options, width: Math.max(parent.clientWidth, 50), height }, data, parent);
    const stopTouch = listenToTouch(chart);
    const watch = new ResizeObserver(() => {
      const width = parent.clientWidth;
      if (width > 0 && width !== chart.width) chart.setSize({ width, height });
    });
    watch.observe(parent);
    return () => {
      watch.disconnect();
      stopTouch();
      chart.destroy();
    };
  }, [options, data, height]);
  return element;
}
