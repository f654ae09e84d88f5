/**
 * Where boxes and edges go: ELK's layered layout, run here so that the page only has to show it.
 *
 * Invariant: the same boxes get the same places. Nothing random is asked of ELK, and it is told to keep
 * the order of the definition where edges leave a choice.
 * @module
 */
import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { Box, BoxEdge, Level } from './box.ts';
import { boxDetail, boxName, nameWidth, smallWidth } from './box-text.ts';

/** A graph with places, in pixels; those inside of a box are relative to that box. */
export interface PlacedLevel {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
}

export interface PlacedBox {
  readonly box: Box;
  readonly x: number;
  readonly y: number;
  readonly inside: PlacedLevel;
}

export interface PlacedEdge {
  readonly edge: BoxEdge;
  readonly points: readonly Point[];
  /** The middle of its label. */
  readonly label?: Point | undefined;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Height of a box without anything inside, and of what stands over that which has. */
export const headHeight = 52;
const gap = 18;

/** The shape of the place where the graph is shown. */
const shown = { width: 1240, height: 560 };
/** A graph of more boxes is laid out once only, from top to bottom. */
const mostTwice = 120;

/** Lays a graph out from top to bottom or from left to right, whichever lets it be shown larger. */
export async function layoutGraph(level: Level): Promise<PlacedLevel> {
  const { default: elkjs } = await import('elkjs/lib/elk.bundled.js');
  const elk = new elkjs.default();
  const down = await layoutTowards('DOWN', level, elk);
  if (level.boxes.length > mostTwice) return down;
  const right = await layoutTowards('RIGHT', level, elk);
  return scaleOf(right) > scaleOf(down) ? right : down;
}

/** How large it can be shown as a whole; nothing is made larger than it is. */
function scaleOf({ width, height }: PlacedLevel): number {
  return Math.min(1, shown.width / width, shown.height / height);
}

async function layoutTowards(direction: string, level: Level, elk: ELK): Promise<PlacedLevel> {
  const placed = await elk.layout({
    id: 'graph',
    ...elkLevel(level),
    layoutOptions: { ...layoutOptions(direction), 'elk.padding': padding(0) },
  });
  return placedLevel(level, placed);

  function elkLevel({ boxes, edges }: Level): Pick<ElkNode, 'children' | 'edges'> {
    return { children: boxes.map(elkBox), edges: edges.map(elkEdge) };
  }

  function elkBox(box: Box): ElkNode {
    const width = Math.max(132, 62 + nameWidth(boxName(box)), 36 + smallWidth(boxDetail(box)));
    if (box.inside.boxes.length === 0) return { id: box.id, width, height: headHeight };
    return {
      id: box.id,
      ...elkLevel(box.inside),
      layoutOptions: {
        ...layoutOptions(direction),
        'elk.padding': padding(headHeight),
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${width},${headHeight})`,
      },
    };
  }
}

function layoutOptions(direction: string): Record<string, string> {
  return {
    'elk.algorithm': 'layered',
    'elk.direction': direction,
    'elk.edgeRouting': 'ORTHOGONAL',
    'elk.spacing.nodeNode': '20',
    'elk.spacing.edgeNode': '14',
    'elk.spacing.edgeEdge': '10',
    'elk.spacing.componentComponent': '20',
    'elk.layered.spacing.nodeNodeBetweenLayers': '34',
    'elk.layered.spacing.edgeNodeBetweenLayers': '14',
    'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
    'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
    'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  };
}

function padding(head: number): string {
  const around = head === 0 ? 8 : gap;
  return `[top=${head + 8},left=${around},bottom=${around},right=${around}]`;
}

function elkEdge({ from, to, label }: BoxEdge): ElkExtendedEdge {
  const labels = label === '' ? [] : [{ text: label, width: smallWidth(label) + 12, height: 18 }];
  return { id: `${from}-${to}`, sources: [from], targets: [to], labels };
}

function placedLevel(level: Level, placed: ElkNode): PlacedLevel {
  const { x: _x, y: _y, width = 0, height = 0, children = [], edges = [] } = placed;
  return {
    width,
    height,
    boxes: level.boxes.map((box, index) => {
      const { x = 0, y = 0, ...own } = children[index] as ElkNode;
      return { box, x, y, inside: placedLevel(box.inside, own) };
    }),
    edges: level.edges.map((edge, index) => placedEdge(edge, edges[index] as ElkExtendedEdge)),
  };
}

function placedEdge(edge: BoxEdge, { sections = [], labels = [] }: ElkExtendedEdge): PlacedEdge {
  const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);
  const [label] = labels;
  if (label?.x === undefined || label.y === undefined) return { edge, points };
  const { x, y, width = 0, height = 0 } = label;
  return { edge, points, label: { x: x + width / 2, y: y + height / 2 } };
}
