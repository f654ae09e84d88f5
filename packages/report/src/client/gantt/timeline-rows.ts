/**
 * The rows of the timeline: one for each node where it stands, and in loops one for each slot of the
 * window, which holds the iterations that used it one after the other.
 *
 * Rows are made when their parent is opened, so that a loop of 10,000 iterations costs nothing while it
 * is closed.
 * @module
 */
import type { ExecutionView, NodeView, RunView } from '../../view/run-view.ts';
import { byStart, packLanes } from './pack-lanes.ts';

export interface TimelineRow {
  /** The same for the same row, so that it stays open. */
  readonly id: string;
  readonly label: string;
  readonly kind: NodeView['kind'] | 'slot';
  /** 1 for the first level. */
  readonly depth: number;
  /** By start. */
  readonly executions: readonly ExecutionView[];
  /** What runs inside, in lanes, for a first look at a loop that is closed. */
  readonly preview: readonly (readonly ExecutionView[])[];
  readonly canOpen: boolean;
  inside(): readonly TimelineRow[];
}

/** Makes rows of a view. */
export class TimelineRows {
  readonly #nodesIn: ReadonlyMap<string, readonly NodeView[]>;
  readonly #nodeAt: ReadonlyMap<string, NodeView>;
  readonly #executionsAt: ReadonlyMap<string, readonly ExecutionView[]>;
  readonly #iterationsAt: ReadonlyMap<string, readonly ExecutionView[]>;

  constructor({ nodes, executions }: Pick<RunView, 'nodes' | 'executions'>) {
    const isIteration = ({ kind }: ExecutionView): boolean => kind === 'iteration';
    const byAddress = ({ address }: ExecutionView): string => address;
    this.#nodesIn = Map.groupBy(nodes, ({ container }) => container);
    this.#nodeAt = new Map(nodes.map((node) => [node.address, node]));
    const others = executions.filter((execution) => !isIteration(execution));
    this.#executionsAt = Map.groupBy(others, byAddress);
    this.#iterationsAt = Map.groupBy(executions.filter(isIteration), byAddress);
  }

  /** The rows of the run's own body. */
  all(): TimelineRow[] {
    return this.#rowsIn('', () => true, '', 1);
  }

  /** One row for each of these nodes, with all its executions, wherever they ran. */
  only(addresses: readonly string[]): TimelineRow[] {
    return addresses.flatMap((address) => {
      const node = this.#nodeAt.get(address);
      return node === undefined ? [] : this.#rowOf(node, this.#executionsOf(address), '', 1);
    });
  }

  #rowsIn(
    container: string,
    isHere: (parent: string) => boolean,
    id: string,
    depth: number,
  ): TimelineRow[] {
    const nodes = this.#nodesIn.get(container) ?? [];
    return nodes.flatMap((node) => {
      const executions = this.#executionsOf(node.address);
      const here = executions.filter(({ path }) => isHere(parentOf(path, node.name)));
      return here.length === 0 ? [] : [this.#rowOf(node, here, id, depth)];
    });
  }

  #executionsOf(address: string): readonly ExecutionView[] {
    return this.#executionsAt.get(address) ?? [];
  }

  #rowOf(
    node: NodeView,
    executions: readonly ExecutionView[],
    around: string,
    depth: number,
  ): TimelineRow {
    const id = `${around}/${node.name}`;
    const paths = new Set(executions.map(({ path }) => path));
    const isInside = (parent: string): boolean => paths.has(parent);
    const iterations = (this.#iterationsAt.get(node.address) ?? []).filter(({ path }) =>
      paths.has(path.slice(0, path.lastIndexOf('['))),
    );
    const row = { id, label: node.name, kind: node.kind, depth };
    const sorted = executions.toSorted(byStart);
    if (iterations.length > 0) {
      const slots = packLanes(iterations);
      const inside = once(() => this.#slotRows(node, slots, id, depth + 1));
      return { ...row, executions: sorted, preview: slots, canOpen: true, inside };
    }
    const lanes = packLanes(sorted);
    if (lanes.length > 1) {
      const inside = once(() =>
        lanes.map((lane, at) =>
          this.#laneRow(node, lane, `${id}#${at}`, `lane ${at + 1}`, depth + 1),
        ),
      );
      return { ...row, executions: sorted, preview: lanes, canOpen: true, inside };
    }
    const inside = once(() => this.#rowsIn(node.address, isInside, id, depth + 1));
    const canOpen = this.#nodesIn.has(node.address) && inside().length > 0;
    return { ...row, executions: sorted, preview: [], canOpen, inside };
  }

  #slotRows(
    node: NodeView,
    slots: readonly (readonly ExecutionView[])[],
    id: string,
    depth: number,
  ): TimelineRow[] {
    return slots.map((slot, at) =>
      this.#laneRow(node, slot, `${id}#${at}`, `slot ${at + 1}`, depth),
    );
  }

  /** Executions or iterations of a node that follow one another. */
  #laneRow(
    node: NodeView,
    lane: readonly ExecutionView[],
    id: string,
    label: string,
    depth: number,
  ): TimelineRow {
    const paths = new Set(lane.map(({ path }) => path));
    const inside = once(() =>
      this.#rowsIn(node.address, (parent) => paths.has(parent), id, depth + 1),
    );
    const canOpen = this.#nodesIn.has(node.address);
    return { id, label, kind: 'slot', depth, executions: lane, preview: [], canOpen, inside };
  }
}

/** `Orders[3]` for `Orders[3]/Mail`, nothing for what is in the run's own body. */
function parentOf(path: string, name: string): string {
  return path.slice(0, Math.max(0, path.length - name.length - 1));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
