/**
 * An edge as a line with round corners.
 * @module
 */
import type { Point } from './layout-graph.ts';

/** @param radius - of a corner, in pixels; less where the line is too short for it. */
export function roundedPath(points: readonly Point[], radius: number): string {
  return points
    .map((point, at) => {
      const before = points[at - 1];
      const after = points[at + 1];
      if (before === undefined) return `M${written(point)}`;
      if (after === undefined) return `L${written(point)}`;
      const turn = Math.min(radius, distance(before, point) / 2, distance(point, after) / 2);
      return `L${written(towards(point, before, turn))}Q${written(point)} ${written(towards(point, after, turn))}`;
    })
    .join('');
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function towards(from: Point, to: Point, length: number): Point {
  const share = length / Math.max(length, distance(from, to), Number.EPSILON);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function written({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}
