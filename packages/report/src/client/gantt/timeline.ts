/**
 * The timeline: rows of labels on the left, bars on a canvas on the right, two charts below, all on the
 * same scale of time.
 *
 * It draws at most once a frame, and only the rows that can be seen. Read next: timeline-rows.ts, which
 * says what a row is.
 * @module
 */
import { formatDuration } from '../../page/format.ts';
import { statusWords } from '../../page/view-status.ts';
import type { ExecutionView } from '../../view/run-view.ts';
import { byId, element, statusIcon } from '../element.ts';
import type { PageState } from '../page-state.ts';
import { concurrencySteps } from './concurrency.ts';
import { drawRow, rowHeight } from './draw-row.ts';
import { describeStrips, drawConcurrency, drawRefusals } from './draw-strips.ts';
import { cleared, type Drawing } from './drawing.ts';
import { drawLegend } from './legend.ts';
import { readPalette } from './palette.ts';
import { RowList } from './row-list.ts';
import { TimeZoom } from './time-zoom.ts';
import { TimelineRows } from './timeline-rows.ts';
import { waitPatterns } from './wait-patterns.ts';

const stripHeight = 46;
/** What is nearer to the mouse than this many pixels is meant by it. */
const reach = 3;

export function setUpTimeline(state: PageState): void {
  const { view } = state;
  const body = byId('timeline-body');
  const canvas = byId<HTMLCanvasElement>('timeline-bars');
  const tree = byId('timeline-rows');
  const source = new TimelineRows(view);
  const steps = concurrencySteps(view.executions);
  const refusals = view.executions.flatMap(({ attempts }) =>
    attempts.filter(({ throttled }) => throttled).map(({ endTime }) => endTime),
  );
  const words = describeStrips(steps, refusals);
  byId('strip-busy-label').title = words.busy;
  byId('strip-refused-row').hidden = refusals.length === 0;
  for (const [id, text] of [
    ['strip-busy', words.busy],
    ['strip-refused', words.refused],
  ] as const) {
    byId(id).removeAttribute('aria-labelledby');
    byId(id).setAttribute('aria-label', text);
  }

  let palette = readPalette();
  let patterns = waitPatterns(palette, devicePixelRatio);
  let isDue = false;
  const list = new RowList({ tree, scroller: body, onChange: requestDraw });
  const zoom = new TimeZoom({
    surface: canvas,
    makespan: view.analysis.makespan,
    onZoom: requestDraw,
  });

  state.filter.watch((filter) => {
    list.show(filter === undefined ? source.all() : source.only(filter.addresses));
  });
  state.highlights.watch(requestDraw);
  state.chosen.watch(requestDraw);
  state.theme.watch(() => {
    palette = readPalette();
    patterns = waitPatterns(palette, devicePixelRatio);
    drawLegend(palette, patterns);
    draw();
  });
  new ResizeObserver(() => {
    list.render();
    requestDraw();
  }).observe(body);
  chooseByMouse();
  chooseByKeys();

  function requestDraw(): void {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(draw);
  }

  function draw(): void {
    isDue = false;
    const rowsHeight = list.rows.length * rowHeight;
    const height = Math.min(body.clientHeight, Math.max(rowHeight, rowsHeight));
    const width = Math.max(60, body.clientWidth - tree.clientWidth);
    zoom.resize(width);
    const ticks = zoom.drawAxis(byId<SVGSVGElement>('timeline-axis'));
    const bars = drawingOn(canvas, width, height);
    drawGrid(bars, ticks);
    drawRows(bars);
    drawConcurrency(drawingOn(byId('strip-busy'), width, stripHeight), steps);
    if (refusals.length > 0) {
      drawRefusals(drawingOn(byId('strip-refused'), width, stripHeight), refusals);
    }
  }

  function drawingOn(on: Element, width: number, height: number): Drawing {
    const context = cleared(on as HTMLCanvasElement, width, height);
    const { scale } = zoom;
    const x = (time: number): number => scale(time - view.startTime);
    return { context, palette, patterns, width, height, x };
  }

  function drawGrid({ context, height }: Drawing, ticks: readonly number[]): void {
    context.fillStyle = palette.line;
    for (const tick of ticks) context.fillRect(Math.round(tick), 0, 1, height);
  }

  function drawRows(drawing: Drawing): void {
    const { scrollTop } = body;
    const first = Math.floor(scrollTop / rowHeight);
    const last = Math.min(list.rows.length, Math.ceil((scrollTop + drawing.height) / rowHeight));
    for (const [at, row] of list.rows.slice(first, last).entries()) {
      const top = (first + at) * rowHeight - scrollTop;
      if (row === list.active && document.activeElement === tree) {
        drawing.context.fillStyle = palette.faint;
        drawing.context.fillRect(0, top, drawing.width, rowHeight);
      }
      drawRow(drawing, row, { top, isOpen: list.isOpen(row) }, state);
    }
  }

  /** The execution under the mouse; of several, the shortest one. A row of one is all about that one. */
  function executionAt({ offsetX, offsetY }: MouseEvent): ExecutionView | undefined {
    const row = list.rows[Math.floor((offsetY + body.scrollTop) / rowHeight)];
    if (row === undefined) return undefined;
    const { executions, preview } = row;
    const { scale } = zoom;
    const from = scale.invert(offsetX - reach).getTime() + view.startTime;
    const until = scale.invert(offsetX + reach).getTime() + view.startTime;
    const near = [...preview.flat(), ...executions].filter(
      ({ startTime, endTime, readyTime }) =>
        Math.min(readyTime, startTime) <= until && endTime >= from,
    );
    const shortest = near.sort((a, b) => took(a) - took(b))[0];
    return shortest ?? (executions.length === 1 ? executions[0] : undefined);
  }

  function chooseByMouse(): void {
    const tip = byId('timeline-tip');
    canvas.addEventListener('click', (event) => {
      state.chosen.value = executionAt(event);
    });
    canvas.addEventListener('mousemove', (event) => {
      const execution = executionAt(event);
      tip.hidden = execution === undefined;
      if (execution === undefined) return;
      tip.replaceChildren(...tipOf(execution));
      const frame = byId('timeline').getBoundingClientRect();
      const left = Math.min(event.clientX - frame.left + 14, frame.width - tip.offsetWidth - 8);
      tip.style.left = `${Math.max(0, left)}px`;
      tip.style.top = `${event.clientY - frame.top + 18}px`;
    });
    canvas.addEventListener('mouseleave', () => {
      tip.hidden = true;
    });
  }

  function chooseByKeys(): void {
    for (const type of ['focus', 'blur']) tree.addEventListener(type, requestDraw);
    tree.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'Enter') state.chosen.value = nextOf(list.active?.executions ?? []);
      else if (!zoom.onKey(event)) return;
      event.preventDefault();
    });
  }

  /** The one behind the chosen one, and the first one behind the last. */
  function nextOf(executions: readonly ExecutionView[]): ExecutionView | undefined {
    const { value: chosen } = state.chosen;
    const at = chosen === undefined ? -1 : executions.indexOf(chosen);
    return executions[(at + 1) % executions.length];
  }
}

function took({ startTime, endTime }: ExecutionView): number {
  return endTime - startTime;
}

function tipOf({ path, status, startTime, endTime, attempts, error }: ExecutionView): Node[] {
  const tries = attempts.length > 1 ? `, ${attempts.length} attempts` : '';
  const words = ` ${statusWords(status)}, ${formatDuration(endTime - startTime)}${tries}`;
  return [
    element('b', {}, path),
    element('span', {}, statusIcon(status), words),
    ...(error === undefined ? [] : [element('span', {}, error.code)]),
  ];
}
