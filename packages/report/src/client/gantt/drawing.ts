/**
 * What every canvas of the timeline draws with: its context, colours, patterns and the scale of time.
 * @module
 */
import type { ScaleTime } from 'd3-scale';
import type { Palette } from './palette.ts';
import type { WaitPatterns } from './wait-patterns.ts';

/** From milliseconds since the start of the run to pixels. */
export type TimeScale = ScaleTime<number, number>;

export interface Drawing {
  readonly context: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly patterns: WaitPatterns;
  readonly width: number;
  readonly height: number;
  /** From milliseconds since 1970. */
  x(time: number): number;
}

/** Gives a canvas the size that it has on the screen, in the pixels of the screen, and empties it. */
export function cleared(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D {
  const scale = devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  context.scale(scale, scale);
  return context;
}
