/**
 * The part of the run that the timeline shows: zoomed and panned by mouse, touch, keys and buttons.
 * @module
 */
import { axisTop } from 'd3-axis';
import { scaleUtc } from 'd3-scale';
import { select } from 'd3-selection';
import { type ZoomTransform, zoom, zoomIdentity, zoomTransform } from 'd3-zoom';
import { formatDuration } from '../../page/format.ts';
import { byId } from '../element.ts';
import type { TimeScale } from './drawing.ts';

interface TimeZoomOptions {
  /** Where the mouse zooms and drags. */
  readonly surface: HTMLElement;
  /** Milliseconds from the run's start to its end. */
  readonly makespan: number;
  readonly onZoom: () => void;
}

export class TimeZoom {
  readonly #options: TimeZoomOptions;
  readonly #behaviour = zoom<HTMLElement, unknown>();
  #width = 1;

  constructor(options: TimeZoomOptions) {
    this.#options = options;
    this.#behaviour
      .filter((event: MouseEvent) => event.type !== 'wheel' || event.ctrlKey)
      .on('zoom', options.onZoom);
    select(options.surface).call(this.#behaviour).on('dblclick.zoom', null);
    byId('timeline-in').addEventListener('click', () => this.#scale(1.6));
    byId('timeline-out').addEventListener('click', () => this.#scale(1 / 1.6));
    byId('timeline-all').addEventListener('click', () => this.#showAll());
  }

  /** To be called when the place for bars has another width. */
  resize(width: number): void {
    this.#width = Math.max(1, width);
    const extent: [[number, number], [number, number]] = [
      [0, 0],
      [this.#width, 1],
    ];
    // As far as half a millisecond a pixel would have no meaning.
    const closest = Math.max(1, (this.#options.makespan / this.#width) * 40);
    this.#behaviour.extent(extent).translateExtent(extent).scaleExtent([1, closest]);
  }

  /** From milliseconds since the run's start to pixels, as shown now. */
  get scale(): TimeScale {
    const end = Math.max(1, this.#options.makespan);
    // Elapsed time as if it were a time of day, whose ticks are at whole seconds, minutes and hours.
    return this.#transform.rescaleX(scaleUtc([new Date(0), new Date(end)], [0, this.#width - 2]));
  }

  /** @returns whether the key meant something. */
  onKey({ key, shiftKey }: KeyboardEvent): boolean {
    const step = this.#width / 5;
    if (key === '+' || key === '=') this.#scale(1.6);
    else if (key === '-') this.#scale(1 / 1.6);
    else if (key === '0') this.#showAll();
    else if (shiftKey && key === 'ArrowRight') this.#pan(-step);
    else if (shiftKey && key === 'ArrowLeft') this.#pan(step);
    else return false;
    return true;
  }

  /** Draws the axis into an SVG element; @returns the ticks, in pixels. */
  drawAxis(svg: SVGSVGElement): number[] {
    const { scale } = this;
    const count = Math.max(2, Math.floor(this.#width / 110));
    const axis = axisTop<Date>(scale)
      .ticks(count)
      .tickSizeOuter(0)
      .tickFormat((time) => formatDuration(time.getTime()));
    svg.setAttribute('width', String(this.#width));
    select(svg)
      .selectAll<SVGGElement, null>('g.axis')
      .data([null])
      .join('g')
      .attr('class', 'axis')
      .attr('transform', 'translate(0 25)')
      .call(axis)
      .selectAll<SVGTextElement, Date>('text')
      .attr('text-anchor', (time) => this.#anchorAt(scale(time)));
    return scale.ticks(count).map((time) => scale(time));
  }

  /** Where a tick's text stands, so that all of it is inside. */
  #anchorAt(x: number): string {
    if (x < 24) return 'start';
    return x > this.#width - 24 ? 'end' : 'middle';
  }

  get #transform(): ZoomTransform {
    return zoomTransform(this.#options.surface);
  }

  #scale(factor: number): void {
    this.#behaviour.scaleBy(select(this.#options.surface), factor);
  }

  #pan(pixels: number): void {
    this.#behaviour.translateBy(select(this.#options.surface), pixels / this.#transform.k, 0);
  }

  #showAll(): void {
    this.#behaviour.transform(select(this.#options.surface), zoomIdentity);
  }
}
