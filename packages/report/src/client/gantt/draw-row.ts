/**
 * One row of the timeline on a canvas: bars with their attempts and waits.
 *
 * What went well and is narrower than a pixel where something was drawn already is left out, so that a row
 * of 10,000 bars costs as much as the screen is wide. What failed is always drawn.
 * @module
 */
import type { ExecutionView } from '../../view/run-view.ts';
import type { PageState } from '../page-state.ts';
import type { Drawing } from './drawing.ts';
import type { Palette } from './palette.ts';
import type { TimelineRow } from './timeline-rows.ts';

export const rowHeight = 26;
const inset = 5;
const barHeight = rowHeight - 2 * inset;

/** Where a row is, and whether those inside of it are drawn, too. */
export interface RowPlace {
  /** In pixels of the canvas. */
  readonly top: number;
  readonly isOpen: boolean;
}

export function drawRow(
  drawing: Drawing,
  row: TimelineRow,
  { top, isOpen }: RowPlace,
  state: PageState,
): void {
  const y = top + inset;
  if (row.preview.length > 0) {
    drawPreview(drawing, row, y);
  } else {
    let last = Number.NEGATIVE_INFINITY;
    for (const execution of row.executions) {
      const right = drawing.x(execution.endTime);
      if (right < 0 || isHidden(execution, right - last)) continue;
      if (drawing.x(execution.readyTime) > drawing.width) break;
      drawExecution(drawing, execution, y, row);
      last = right;
    }
  }
  for (const execution of row.executions) markExecution(drawing, execution, y, state, isOpen);
}

function isHidden({ status }: ExecutionView, pixels: number): boolean {
  return pixels < 0.5 && status === 'Succeeded';
}

/** Lanes as thin lines in one row. */
function drawPreview(drawing: Drawing, { preview, executions }: TimelineRow, y: number): void {
  for (const execution of executions) drawFrame(drawing, execution, y);
  const { context, palette } = drawing;
  const height = (barHeight - 2) / preview.length;
  preview.forEach((lane, at) => {
    let last = Number.NEGATIVE_INFINITY;
    for (const execution of lane) {
      const { startTime, endTime, status } = execution;
      const [left, right] = [drawing.x(startTime), drawing.x(endTime)];
      if (right < 0 || isHidden(execution, right - last)) continue;
      if (left > drawing.width) break;
      context.fillStyle = colourOf(status, palette);
      const room = height > 2.4 ? 0.8 : 0;
      const width = Math.max(0.6, right - left - (right - left > 3 ? 0.6 : 0));
      context.fillRect(left, y + 1 + at * height, width, Math.max(0.5, height - room));
      last = right;
    }
  });
}

function drawExecution(
  drawing: Drawing,
  execution: ExecutionView,
  y: number,
  { canOpen }: TimelineRow,
): void {
  const { waits, attempts, readyTime, startTime } = execution;
  const isFrame = canOpen || (execution.kind !== 'action' && attempts.length === 0);
  if (readyTime < startTime && !waits.some((wait) => wait.for === 'queue')) {
    drawWait(drawing, { for: 'queue', startTime: readyTime, endTime: startTime }, y);
  }
  if (isFrame) drawFrame(drawing, execution, y);
  else drawCalls(drawing, execution, y);
  for (const wait of waits) drawWait(drawing, wait, y);
}

/** A container: what runs inside has rows of its own. */
function drawFrame(
  drawing: Drawing,
  { startTime, endTime, status }: ExecutionView,
  y: number,
): void {
  const { context, palette } = drawing;
  const [left, whole] = extent(drawing, startTime, endTime);
  const width = whole > 4 ? whole - 1 : whole;
  context.globalAlpha = 0.2;
  context.fillStyle = colourOf(status, palette);
  context.fillRect(left, y, width, barHeight);
  context.globalAlpha = 1;
  context.fillRect(left, y, width, 1.5);
  context.fillRect(left, y + barHeight - 1.5, width, 1.5);
}

/** Each attempt; those that failed keep their colour although the last one did not. */
function drawCalls(drawing: Drawing, execution: ExecutionView, y: number): void {
  const { context, palette } = drawing;
  const { attempts, startTime, endTime, status } = execution;
  const calls = attempts.length === 0 ? [{ startTime, endTime, error: undefined }] : attempts;
  calls.forEach(({ startTime, endTime, error }, at) => {
    const [left, width] = extent(drawing, startTime, endTime);
    const isLast = at === calls.length - 1;
    context.fillStyle = isLast || error === undefined ? colourOf(status, palette) : palette.Failed;
    const isInner = error !== undefined && !isLast;
    context.globalAlpha = isInner ? 0.6 : 1;
    context.beginPath();
    context.roundRect(left, y, width, barHeight, Math.min(3, width / 3));
    context.fill();
    context.globalAlpha = 1;
    if (error !== undefined && width > 9) drawCross(context, palette.panel, left + width - 6, y);
  });
}

function drawCross(context: CanvasRenderingContext2D, colour: string, x: number, y: number): void {
  const middle = y + barHeight / 2;
  context.strokeStyle = colour;
  context.lineWidth = 1.4;
  context.beginPath();
  context.moveTo(x - 2.5, middle - 2.5);
  context.lineTo(x + 2.5, middle + 2.5);
  context.moveTo(x + 2.5, middle - 2.5);
  context.lineTo(x - 2.5, middle + 2.5);
  context.stroke();
}

function drawWait(
  drawing: Drawing,
  wait: Pick<ExecutionView['waits'][number], 'for' | 'startTime' | 'endTime'>,
  y: number,
): void {
  const { context, patterns, palette, x } = drawing;
  const [left, right] = [x(wait.startTime), x(wait.endTime)];
  if (right - left < 0.8) return;
  context.fillStyle = patterns[wait.for];
  context.fillRect(left, y + 2, right - left, barHeight - 4);
  context.strokeStyle = palette.muted;
  context.lineWidth = 0.8;
  if (right - left > 3)
    context.strokeRect(left + 0.4, y + 2.4, right - left - 0.8, barHeight - 4.8);
}

/** Lines under and over what the run's end hung on, and a frame around what is chosen. */
function markExecution(
  drawing: Drawing,
  execution: ExecutionView,
  y: number,
  state: PageState,
  isOpen: boolean,
): void {
  // What is inside of a row that is closed has no row of its own to be marked in.
  for (const highlight of ['critical', 'deciding'] as const) {
    const inside = isOpen ? [] : state.markedIn(highlight, execution);
    const own = state.isMarked(highlight, execution) ? [execution] : [];
    for (const marked of [...own, ...inside]) drawMark[highlight](drawing, marked, y);
  }
  if (state.chosen.value !== execution) return;
  const { context, palette } = drawing;
  const [left, width] = extent(drawing, execution.startTime, execution.endTime);
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.strokeRect(left - 2, y - 2, width + 4, barHeight + 4);
}

const drawMark = {
  critical(drawing: Drawing, { startTime, endTime }: ExecutionView, y: number): void {
    const [left, width] = extent(drawing, startTime, endTime);
    drawing.context.fillStyle = drawing.palette.ink;
    drawing.context.fillRect(left, y + barHeight + 1, width, 2.5);
  },

  deciding(drawing: Drawing, { startTime, endTime }: ExecutionView, y: number): void {
    const { context, palette } = drawing;
    const [left, width] = extent(drawing, startTime, endTime);
    context.strokeStyle = palette.deciding;
    context.lineWidth = 2.5;
    context.setLineDash([5, 2.5]);
    context.beginPath();
    context.moveTo(left, y - 2.2);
    context.lineTo(left + width, y - 2.2);
    context.stroke();
    context.setLineDash([]);
  },
};

/** What went well is most of the picture, so it stays in the background. */
function colourOf(status: ExecutionView['status'], palette: Palette): string {
  return status === 'Succeeded' ? palette.calm : palette[status];
}

/** What is very short is still to be seen. */
function extent({ x }: Drawing, startTime: number, endTime: number): [left: number, width: number] {
  const left = x(startTime);
  return [left, Math.max(1.2, x(endTime) - left)];
}
