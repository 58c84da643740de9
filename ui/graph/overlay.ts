// What is drawn over a chart without drawing the chart again: the series that the pointer is near, so that moving over hundreds of
// series stays smooth.
import type uPlot from 'uplot';

export interface OverlayLine {
  readonly values: readonly (number | null | undefined)[];
  readonly colour: string;
  /** The step that is marked; null for none. */
  readonly step: number | null;
}

export class Overlay {
  readonly #canvas = document.createElement('canvas');
  readonly #halo: string;

  constructor(chart: uPlot, halo: string) {
    this.#halo = halo;
    Object.assign(this.#canvas.style, { position: 'absolute', inset: '0', width: '100%', height: '100%', pointerEvents: 'none' });
    chart.over.appendChild(this.#canvas);
  }

  draw(chart: uPlot, line: OverlayLine | null): void {
    const ratio = window.devicePixelRatio;
    const { width, height } = chart.over.getBoundingClientRect();
    const canvas = this.#canvas;
    // Setting the size clears the canvas.
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    if (line === null) return;
    const context = canvas.getContext('2d')!;
    context.scale(ratio, ratio);
    context.lineJoin = 'round';
    const path = pathOf(chart, line.values);
    for (const [colour, lineWidth] of [
      [this.#halo, 6],
      [line.colour, 3],
    ] as const) {
      context.strokeStyle = colour;
      context.lineWidth = lineWidth;
      context.stroke(path);
    }
    const value = line.step === null ? null : line.values[line.step];
    if (value == null) return;
    context.beginPath();
    context.arc(chart.valToPos(chart.data[0][line.step!], 'x'), chart.valToPos(value, 'y'), 5, 0, 2 * Math.PI);
    context.fillStyle = line.colour;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = this.#halo;
    context.stroke();
  }
}

function pathOf(chart: uPlot, values: OverlayLine['values']): Path2D {
  const path = new Path2D();
  let gap = true;
  values.forEach((value, i) => {
    if (value == null) {
      gap = true;
      return;
    }
    const [x, y] = [chart.valToPos(chart.data[0][i], 'x'), chart.valToPos(value, 'y')];
    if (gap) path.moveTo(x, y);
    else path.lineTo(x, y);
    gap = false;
  });
  return path;
}
