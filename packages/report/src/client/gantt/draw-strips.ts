/**
 * Two small charts under the timeline, on the same scale of time: calls at once, and refused attempts.
 * @module
 */
import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { formatPlural } from '../../page/format.ts';
import type { ConcurrencyStep } from './concurrency.ts';
import type { Drawing } from './drawing.ts';

/** The area under the count of calls; each pixel shows the most that there were in it. */
export function drawConcurrency(drawing: Drawing, steps: readonly ConcurrencyStep[]): void {
  const { context, palette, width, height } = drawing;
  const most = steps.reduce((highest, { count }) => Math.max(highest, count), 1);
  const y = countScale(most, height);
  const columns = new Float64Array(Math.ceil(width));
  steps.forEach(({ time, count }, at) => {
    const from = Math.max(0, Math.floor(drawing.x(time)));
    const until = Math.min(columns.length - 1, Math.floor(drawing.x(steps[at + 1]?.time ?? time)));
    for (let x = from; x <= until; x += 1) columns[x] = Math.max(columns[x] ?? 0, count);
  });
  context.beginPath();
  context.moveTo(0, height);
  columns.forEach((count, x) => {
    context.lineTo(x, y(count));
    context.lineTo(x + 1, y(count));
  });
  context.lineTo(width, height);
  context.globalAlpha = 0.25;
  context.fillStyle = palette.accent;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = palette.accent;
  context.stroke();
  writeMost(drawing, String(most), y(most));
}

/** Pixels of one column of the histogram. */
const binWidth = 8;

/** How many attempts were refused, in columns of the same width on the screen. */
export function drawRefusals(drawing: Drawing, times: readonly number[]): void {
  const { context, palette, width, height } = drawing;
  const bins = new Map<number, number>();
  for (const time of times) {
    const x = drawing.x(time);
    if (x < 0 || x > width) continue;
    const bin = Math.floor(x / binWidth);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  const most = Math.max(1, ...bins.values());
  const y = countScale(most, height);
  context.fillStyle = palette.TimedOut;
  for (const [bin, count] of bins) {
    context.fillRect(bin * binWidth + 0.5, y(count), binWidth - 1, height - y(count));
  }
  writeMost(drawing, String(most), y(most));
}

/** What the charts say, in words. */
export function describeStrips(
  steps: readonly ConcurrencyStep[],
  refusals: readonly number[],
): { readonly busy: string; readonly refused: string } {
  const most = steps.reduce((highest, { count }) => Math.max(highest, count), 0);
  return {
    busy: `Calls at once over time, at most ${most}`,
    refused: `${formatPlural(refusals.length, 'attempt')} refused over time`,
  };
}

function countScale(most: number, height: number): ScaleLinear<number, number> {
  return scaleLinear([0, most], [height, 8]);
}

function writeMost({ context, palette, width, height }: Drawing, most: string, y: number): void {
  context.fillStyle = palette.line;
  context.fillRect(0, Math.round(y), width, 1);
  context.fillRect(0, height - 1, width, 1);
  context.fillStyle = palette.muted;
  context.font = '11px system-ui, sans-serif';
  context.textAlign = 'right';
  context.textBaseline = 'top';
  context.fillText(most, width - 3, y + 3);
}
