/**
 * What the bars of the timeline look like.
 * @module
 */
import type { WaitView } from '../../view/run-view.ts';
import { cleared } from './drawing.ts';
import type { Palette } from './palette.ts';
import type { WaitPatterns } from './wait-patterns.ts';

const [width, height] = [26, 13];

export function drawLegend(palette: Palette, patterns: WaitPatterns): void {
  const colours: Readonly<Record<string, string>> = {
    handler: palette.calm,
    failed: palette.Failed,
  };
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>('[data-swatch]')) {
    const what = canvas.dataset.swatch ?? '';
    const context = cleared(canvas, width, height);
    context.fillStyle = colours[what] ?? patterns[what as WaitView['for']];
    context.fillRect(0.5, 0.5, width - 1, height - 1);
    if (what in colours) continue;
    context.strokeStyle = palette.muted;
    context.strokeRect(0.5, 0.5, width - 1, height - 1);
  }
}
