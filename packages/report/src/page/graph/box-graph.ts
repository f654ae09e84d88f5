/**
 * From a view to boxes and edges: nesting by container, stacks of alike siblings, and which of them the
 * run's end hung on.
 * @module
 */
import type { ExecutionView, NodeView, RunView } from '../../view/run-view.ts';
import { addCounts, statusOf, statusWords } from '../view-status.ts';
import { type Box, type BoxEdge, type Level, nothingInside } from './box.ts';
import { stackSiblings } from './stack-siblings.ts';

/** The boxes of a whole definition. */
export function boxGraph(view: RunView): Level {
  const graph: Graph = {
    inside: Map.groupBy(view.nodes, ({ container }) => container),
    deciding: addressesOf(view.why.chain, view.executions),
    critical: addressesOf(view.analysis.criticalPath, view.executions),
    boxes: 0,
  };
  return levelOf('', graph);
}

interface Graph {
  readonly inside: ReadonlyMap<string, readonly NodeView[]>;
  readonly deciding: ReadonlySet<string>;
  readonly critical: ReadonlySet<string>;
  /** How many there are so far, for their ids. */
  boxes: number;
}

function levelOf(container: string, graph: Graph): Level {
  const nodes = graph.inside.get(container);
  if (nodes === undefined) return nothingInside;
  const isAlone = ({ address }: NodeView): boolean =>
    graph.inside.has(address) || graph.deciding.has(address);
  const boxes = stackSiblings(nodes, isAlone).map((alike) => boxOf(alike, graph));
  return { boxes, edges: edgesAmong(boxes) };
}

function boxOf(nodes: Box['nodes'], graph: Graph): Box {
  const [{ address }] = nodes;
  const id = `box${graph.boxes++}`;
  const counts = addCounts(nodes.map((node) => node.counts));
  const inside = levelOf(address, graph);
  return {
    id,
    nodes,
    status: statusOf(counts),
    counts,
    iterations: nodes[0].iterations,
    isDeciding:
      nodes.some((node) => graph.deciding.has(node.address)) ||
      inside.boxes.some((box) => box.isDeciding),
    isCritical:
      nodes.some((node) => graph.critical.has(node.address)) ||
      inside.boxes.some((box) => box.isCritical),
    inside,
    folded: 0,
  };
}

/** One edge for each two boxes, however many nodes they stand for: those of a stack all have the same. */
function edgesAmong(boxes: readonly Box[]): BoxEdge[] {
  const boxAt = new Map(boxes.flatMap((box) => box.nodes.map(({ address }) => [address, box])));
  return boxes.flatMap((to) => {
    const edges = new Map<string, BoxEdge>();
    for (const { address, statuses } of to.nodes[0].runAfter) {
      const from = boxAt.get(address);
      if (from === undefined || edges.has(from.id)) continue;
      const isPlain = statuses.length === 1 && statuses[0] === 'Succeeded';
      edges.set(from.id, {
        from: from.id,
        to: to.id,
        label: isPlain ? '' : wordsOf(statuses),
        isDeciding: from.isDeciding && to.isDeciding,
        isCritical: from.isCritical && to.isCritical,
      });
    }
    return [...edges.values()];
  });
}

/** What an edge accepts; who takes anything that can come is told so in one word. */
function wordsOf(statuses: NodeView['runAfter'][number]['statuses']): string {
  if (statuses.length >= 4) return 'however it ends';
  return statuses.map((status) => statusWords(status).toLowerCase()).join(' or ');
}

function addressesOf(paths: readonly string[], executions: readonly ExecutionView[]): Set<string> {
  const wanted = new Set(paths);
  return new Set(executions.filter(({ path }) => wanted.has(path)).map(({ address }) => address));
}
