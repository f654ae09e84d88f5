/**
 * The executions of a run as a tree with edges: what each one is in, and what it had to wait for. All of
 * the analysis walks on it.
 *
 * Invariant: a step stands after the step around it and after those that it runs after, so one pass in
 * this order, or against it, is enough for everything that adds up.
 * @module
 */
import type { Execution, ListedNode, RunSnapshot } from '@runafter/core';

/** One execution, with its place in the tree. Times are milliseconds since 1970. */
export interface Step {
  /** Its position among all steps. */
  readonly index: number;
  readonly execution: Execution;
  /** Undefined for what stands in the run itself. */
  readonly parent: Step | undefined;
  /** Those inside it; of a loop, its iterations in the order of their starts. */
  readonly children: Step[];
  /**
   * The siblings that it runs after; of a function of a container's last phase, everything in it that had
   * ended by then: which of them it had to wait for is known to the container's kind alone.
   */
  readonly before: readonly Step[];
  /** Of a loop: how many iterations at once. */
  readonly window: number;
  /** Of a loop: whether there are iterations that are not among its children. */
  isPartial: boolean;
  readonly start: number;
  /** When it ended; the moment of the snapshot, while it runs. */
  readonly end: number;
  /** When it could begin. */
  ready: number;
  /** The iteration whose end made room for this one. */
  roomFrom: Step | undefined;
}

export interface Trace {
  readonly start: number;
  readonly end: number;
  readonly steps: readonly Step[];
  /** Those that stand in the run itself. */
  readonly children: readonly Step[];
}

export function traceOf({ nodes, executions, startTime, endTime }: RunSnapshot): Trace {
  const start = startTime.getTime();
  const end = endTime.getTime();
  const listed = new Map(nodes.map((node) => [node.address, node]));
  const byPath = new Map<string, Step>();
  const steps: Step[] = [];
  const children: Step[] = [];
  for (const execution of executions) {
    const around = pathAround(execution);
    const parent = byPath.get(around);
    const node = execution.kind === 'iteration' ? undefined : listed.get(execution.address);
    const step: Step = {
      ...{ index: steps.length, execution, parent, children: [] },
      before:
        execution.kind === 'shielded'
          ? endedBy(execution.startTime, parent)
          : stepsBefore(node, around, byPath),
      window: windowOf(execution, node),
      isPartial: false,
      start: execution.startTime,
      end: Math.max(execution.startTime, execution.endTime ?? end),
      ready: execution.startTime,
      roomFrom: undefined,
    };
    byPath.set(execution.path, step);
    steps.push(step);
    (parent?.children ?? children).push(step);
  }
  for (const step of steps) {
    if (!isLoop(step.execution)) continue;
    step.children.sort((a, b) => a.start - b.start);
    step.isPartial = isPartial(step);
  }
  return { start, end, steps, children };
}

function pathAround({ path, kind }: Execution): string {
  const end = path.lastIndexOf(kind === 'iteration' ? '[' : '/');
  return path.slice(0, Math.max(0, end));
}

function stepsBefore(
  node: ListedNode | undefined,
  around: string,
  byPath: ReadonlyMap<string, Step>,
): readonly Step[] {
  if (node === undefined || node.runAfter.length === 0) return [];
  const prefix = around === '' ? '' : `${around}/`;
  return node.runAfter.flatMap(({ name }) => byPath.get(prefix + name) ?? []);
}

function endedBy(time: number, container: Step | undefined): readonly Step[] {
  return container?.children.filter(({ end }) => end <= time) ?? nothing;
}

function windowOf({ kind }: Execution, node: ListedNode | undefined): number {
  // Rounds of an until follow each other.
  return kind === 'until' ? 1 : (node?.concurrency ?? Number.POSITIVE_INFINITY);
}

export function isLoop({ kind }: Execution): boolean {
  return kind === 'forEach' || kind === 'until';
}

/** A loop that goes on has an iteration at work; a store does not know which. */
function isPartial({ execution: { left, status }, children }: Step): boolean {
  return (
    left > 0 ||
    (status === 'Running' && children.every(({ execution }) => execution.status !== 'Running'))
  );
}

const nothing: readonly Step[] = Object.freeze([]);

/**
 * What makes up the time of a container. Nothing does in a loop of which not every iteration is known: it
 * counts as a whole.
 */
export function partsOf({ isPartial, children }: Step): readonly Step[] {
  return isPartial ? nothing : children;
}

/** It took its own time: it is no container, and was not skipped. */
export function isWork(step: Step): boolean {
  const { status, kind } = step.execution;
  return partsOf(step).length === 0 && kind !== 'iteration' && status !== 'Skipped';
}
