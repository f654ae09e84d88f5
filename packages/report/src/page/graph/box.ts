/**
 * A definition as it is drawn: boxes in boxes, and edges among siblings.
 *
 * Made in three steps: stack-siblings.ts, fold-boxes.ts and layout-graph.ts; graph-svg.ts draws it.
 * @module
 */
import type { NodeView } from '../../view/run-view.ts';
import type { ViewStatus } from '../view-status.ts';

/** One node of the definition, or several that are alike. */
export interface Box {
  /** Its place among all boxes; the same for the same definition. */
  readonly id: string;
  /** The nodes that it stands for, in the order of the definition; one, unless it is a stack. */
  readonly nodes: readonly [NodeView, ...NodeView[]];
  readonly status: ViewStatus;
  readonly counts: NodeView['counts'];
  /** Of a loop: how its iterations went. */
  readonly iterations?: NodeView['counts'] | undefined;
  /** Whether it, or something inside, is on the deciding chain or the critical path. */
  readonly isDeciding: boolean;
  readonly isCritical: boolean;
  readonly inside: Level;
  /** Nodes inside that are not drawn; 0 when all are. */
  readonly folded: number;
}

/** What stands side by side: a body. */
export interface Level {
  readonly boxes: readonly Box[];
  readonly edges: readonly BoxEdge[];
}

/** `to` runs after `from`. */
export interface BoxEdge {
  readonly from: string;
  readonly to: string;
  /** The statuses that it waits for, in words; empty for success alone. */
  readonly label: string;
  readonly isDeciding: boolean;
  readonly isCritical: boolean;
}

/** A body with nothing in it. */
export const nothingInside: Level = { boxes: [], edges: [] };
