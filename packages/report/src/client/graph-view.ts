/**
 * Zoom, keys and choice for the graph, which is in the page already.
 *
 * One box is in the order of tabs at a time; the arrow keys go to the next one in their direction.
 * @module
 */
import { select } from 'd3-selection';
import { type D3ZoomEvent, zoom, zoomIdentity } from 'd3-zoom';
import { byId } from './element.ts';
import type { PageState } from './page-state.ts';

export function setUpGraph(state: PageState): void {
  const boxes = [...document.querySelectorAll<SVGGElement>('#graph .box')];
  chooseBoxes(boxes, state);
  moveAmong(boxes);
  const { show } = zoomGraph();
  for (const box of boxes) box.addEventListener('focus', () => show(box));
}

function chooseBoxes(boxes: readonly SVGGElement[], state: PageState): void {
  for (const box of boxes) {
    const choose = (): void => state.keepTo(state.boxes[box.id]);
    box.addEventListener('click', choose);
    box.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      choose();
    });
  }
  state.filter.watch((filter) => {
    for (const box of boxes) {
      const isChosen =
        filter !== undefined && state.boxes[box.id]?.addresses[0] === filter.addresses[0];
      box.setAttribute('aria-pressed', String(isChosen));
    }
  });
}

const directions: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function moveAmong(boxes: readonly SVGGElement[]): void {
  let current = boxes[0];
  current?.setAttribute('tabindex', '0');
  for (const box of boxes) {
    box.addEventListener('focus', () => {
      current?.setAttribute('tabindex', '-1');
      box.setAttribute('tabindex', '0');
      current = box;
    });
    box.addEventListener('keydown', (event) => {
      const direction = directions[event.key];
      if (direction === undefined) return;
      event.preventDefault();
      nearest(box, direction, boxes)?.focus({ preventScroll: true });
    });
  }
}

/** The box that is nearest in a direction; what is off to a side counts as further away. */
function nearest(
  from: SVGGElement,
  [x, y]: readonly [number, number],
  boxes: readonly SVGGElement[],
): SVGGElement | undefined {
  const here = headOf(from);
  let best: SVGGElement | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const box of boxes) {
    const there = headOf(box);
    const [dx, dy] = [there.x - here.x, there.y - here.y];
    const along = dx * x + dy * y;
    const aside = Math.abs(dx * y) + Math.abs(dy * x);
    const far = along + 2 * aside;
    if (box !== from && along > 1 && far < least) {
      best = box;
      least = far;
    }
  }
  return best;
}

/** The middle of the head of a box, on the screen. */
function headOf(box: SVGGElement): { x: number; y: number } {
  const { left, top, width } = (box.querySelector('.frame') as SVGElement).getBoundingClientRect();
  return { x: left + width / 2, y: top + 20 };
}

/** The scale under which nobody can read the names: a graph that would be smaller begins with a part. */
const leastReadable = 0.62;

/** @returns `show`, which moves the graph so that a box can be seen. */
function zoomGraph(): { show(box: SVGGElement): void } {
  const svg = byId<SVGSVGElement>('graph');
  const content = select(byId<SVGGElement>('graph-content'));
  const width = Number(svg.dataset.width);
  const height = Number(svg.dataset.height);
  const selection = select(svg);
  const zooming = zoom<SVGSVGElement, unknown>()
    .extent([
      [0, 0],
      [width, height],
    ])
    .translateExtent([
      [-width / 8, -height / 8],
      [width * 1.125, height * 1.125],
    ])
    .scaleExtent([0.5, Math.max(4, width / 200, height / 200)])
    // The wheel scrolls the page, as everywhere; with ctrl, or two fingers, it zooms.
    .filter(
      (event: Event) =>
        !isButton(event) && (event.type !== 'wheel' || (event as WheelEvent).ctrlKey),
    )
    .on('zoom', ({ transform }: D3ZoomEvent<SVGSVGElement, unknown>) => {
      content.attr('transform', transform.toString());
    });
  selection.call(zooming).on('dblclick.zoom', null);
  const buttons = { 'graph-in': 1.4, 'graph-out': 1 / 1.4 };
  for (const [id, factor] of Object.entries(buttons)) {
    byId(id).addEventListener('click', () => zooming.scaleBy(selection, factor));
  }
  byId('graph-all').addEventListener('click', () => zooming.transform(selection, zoomIdentity));
  const least = leastReadable / Math.min(svg.clientWidth / width, svg.clientHeight / height);
  if (least > 1) {
    // From where it begins: the left for a graph that goes right, the top for one that goes down.
    const start: [number, number] =
      svg.clientWidth / width < svg.clientHeight / height ? [0, height / 2] : [width / 2, 0];
    zooming.scaleTo(selection, least, start);
  }
  return {
    show(box) {
      const frame = svg.getBoundingClientRect();
      const { left, right, top } = (
        box.querySelector('.frame') as SVGElement
      ).getBoundingClientRect();
      const head = Math.min(right, left + 200);
      const isSeen =
        left >= frame.left && head <= frame.right && top >= frame.top && top + 40 <= frame.bottom;
      if (isSeen) return;
      const matrix = content.node()?.getScreenCTM()?.inverse();
      const middle = new DOMPoint((left + head) / 2, top + 20).matrixTransform(matrix);
      zooming.translateTo(selection, middle.x, middle.y);
    },
  };
}

/** Whether a mouse button other than the first one began it. */
function isButton(event: Event): boolean {
  return event instanceof MouseEvent && event.type !== 'wheel' && event.button !== 0;
}
