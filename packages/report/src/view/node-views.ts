/**
 * The definition as it is drawn: each node with how its executions went.
 * @module
 */
import { type ListedNode, type RecordKind, type Status, statuses } from '@runafter/core';
import { isLoop, type Step } from '../analysis/trace.ts';
import type { NodeView } from './run-view.ts';

/** A node of the definition, or what a container has called in its last phase. */
type DrawnNode = Omit<ListedNode, 'kind'> & { readonly kind: RecordKind };

type Counts = Partial<Record<Status | 'Running', number>>;

/** What is added up of the executions of one node. */
class Sum {
  readonly counts: Counts = {};
  iterations: Counts | undefined;
  readonly #durations: number[] = [];
  busy = 0;

  add({ execution, start, end }: Step): void {
    const { status } = execution;
    this.counts[status] = (this.counts[status] ?? 0) + 1;
    if (isLoop(execution)) this.#addIterations(execution.counts);
    if (status === 'Skipped') return;
    this.busy += end - start;
    if (status !== 'Running') this.#durations.push(end - start);
  }

  /** Those that have ended are counted by their loop, whether it kept them or not. */
  addIteration({ execution: { status } }: Step): void {
    if (status === 'Running') this.#addIterations({ Running: 1 });
  }

  #addIterations(counts: Counts = {}): void {
    this.iterations ??= {};
    for (const status of [...statuses, 'Running'] as const) {
      const count = counts[status] ?? 0;
      if (count > 0) this.iterations[status] = (this.iterations[status] ?? 0) + count;
    }
  }

  /** Milliseconds of half of them, and of all but a twentieth. */
  quantiles(): { median: number; p95: number } | undefined {
    if (this.#durations.length === 0) return undefined;
    const sorted = Float64Array.from(this.#durations).sort();
    return { median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
  }
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

export function nodeViews(
  nodes: readonly ListedNode[],
  steps: readonly Step[],
): readonly NodeView[] {
  const all = [...nodes, ...lastPhaseNodes(steps)];
  const sums = new Map<string, Sum>(all.map(({ address }) => [address, new Sum()]));
  for (const step of steps) {
    const { kind, address } = step.execution;
    const sum = sums.get(address);
    if (kind === 'iteration') sum?.addIteration(step);
    else sum?.add(step);
  }
  return all.map((node) => nodeView(node, sums.get(node.address) ?? new Sum()));
}

/** What containers called in their last phases, such as compensations: a definition does not list it. */
function lastPhaseNodes(steps: readonly Step[]): Iterable<DrawnNode> {
  const nodes = new Map<string, DrawnNode>();
  for (const { execution } of steps) {
    const { kind, address } = execution;
    if (kind !== 'shielded' || nodes.has(address)) continue;
    const slash = address.lastIndexOf('/');
    nodes.set(address, {
      ...{ address, kind, name: address.slice(slash + 1), container: address.slice(0, slash) },
      ...{ of: undefined, runAfter: [], criticality: 'critical', concurrency: Infinity },
    });
  }
  return nodes.values();
}

function nodeView(node: DrawnNode, sum: Sum): NodeView {
  const { address, name, kind, of, container, criticality, concurrency } = node;
  const { counts, iterations, busy } = sum;
  return {
    ...{ address, name, kind, container, criticality, counts, busy },
    ...(iterations && { iterations }),
    ...(of !== undefined && { of }),
    ...(Number.isFinite(concurrency) && { concurrency }),
    ...sum.quantiles(),
    runAfter: node.runAfter.map((edge) => ({
      address: container === '' ? edge.name : `${container}/${edge.name}`,
      statuses: edge.statuses,
    })),
  };
}
