/**
 * Keeps a graph to a size that a person can look at: what is deepest inside is folded first, and when
 * the first level alone is too wide, its beginning is drawn.
 * @module
 */
import { type Box, type Level, nothingInside } from './box.ts';

/** A graph that is small enough. */
export interface FoldedGraph {
  readonly level: Level;
  /** Nodes of the definition that no box shows or stands for. */
  readonly left: number;
}

/** @param most - boxes that may be drawn, all levels together. */
export function foldBoxes(level: Level, most: number): FoldedGraph {
  let depth = depthOf(level);
  let folded = level;
  while (depth > 1 && countBoxes(folded) > most) {
    depth -= 1;
    folded = cutAt(folded, depth);
  }
  const boxes = folded.boxes.slice(0, most);
  const shown = new Set(boxes.map(({ id }) => id));
  const edges = folded.edges.filter(({ from, to }) => shown.has(from) && shown.has(to));
  return { level: { boxes, edges }, left: countNodes(level) - countNodes({ boxes, edges }) };
}

/** The levels down to `depth`; boxes there say how much is inside them. */
function cutAt({ boxes, edges }: Level, depth: number): Level {
  return {
    edges,
    boxes: boxes.map((box): Box => {
      if (depth > 1) return { ...box, inside: cutAt(box.inside, depth - 1) };
      return { ...box, inside: nothingInside, folded: box.folded + countNodes(box.inside) };
    }),
  };
}

function depthOf({ boxes }: Level): number {
  return boxes.reduce((deepest, { inside }) => Math.max(deepest, 1 + depthOf(inside)), 0);
}

function countBoxes({ boxes }: Level): number {
  return boxes.reduce((count, { inside }) => count + 1 + countBoxes(inside), 0);
}

/** Those that have a box or share one. */
function countNodes({ boxes }: Level): number {
  return boxes.reduce((count, { nodes, inside }) => count + nodes.length + countNodes(inside), 0);
}
