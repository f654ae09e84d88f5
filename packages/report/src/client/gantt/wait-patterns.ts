/**
 * A pattern for each thing that can be waited for, so that none is told by its colour alone.
 * @module
 */
import type { WaitView } from '../../view/run-view.ts';
import type { Palette } from './palette.ts';

export type WaitPatterns = Readonly<Record<WaitView['for'], CanvasPattern>>;

/** Pixels after which a pattern repeats. */
const size = 6;

/** What one tile shows, as a path; lines leave it where the next tile goes on. */
const tiles: Readonly<Record<WaitView['for'], string>> = {
  queue: 'M2.5 3 h1',
  retry: 'M0 1.5 H6 M0 4.5 H6',
  throttle: 'M-1 7 L7 -1 M-1 1 L1 -1 M5 7 L7 5',
  lock: 'M0 0 L6 6 M6 0 L0 6',
  claim: 'M1.5 0 V6 M4.5 0 V6',
  gate: 'M0 3 H6 M3 0 V6',
  conflict: 'M-1 -1 L7 7 M5 -1 L7 1 M-1 5 L1 7',
};

export function waitPatterns(palette: Palette, scale: number): WaitPatterns {
  const patterns = Object.entries(tiles).map(([wait, path]) => [
    wait,
    patternOf(path, wait === 'queue', palette, scale),
  ]);
  return Object.fromEntries(patterns) as WaitPatterns;
}

function patternOf(
  path: string,
  isDotted: boolean,
  palette: Palette,
  scale: number,
): CanvasPattern {
  const tile = new OffscreenCanvas(size * scale, size * scale);
  const context = tile.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.fillStyle = palette.faint;
  context.fillRect(0, 0, tile.width, tile.height);
  context.scale(scale, scale);
  context.strokeStyle = palette.muted;
  context.lineWidth = isDotted ? 1.4 : 1;
  context.stroke(new Path2D(path));
  const pattern = context.createPattern(tile, 'repeat') as CanvasPattern;
  pattern.setTransform(new DOMMatrix().scale(1 / scale));
  return pattern;
}
