/**
 * The definition as it is drawn: each node with how its executions went.
 * @module
 */
import type { ListedNode, Status } from '@runafter/core';
import type { Step } from '../analysis/trace.ts';
import type { NodeView } from './run-view.ts';

/** What is added up of the executions of one node. */
class Sum {
  readonly counts: Partial<Record<Status | 'Running', number>> = {};
  readonly #durations: number[] = [];
  busy = 0;

  add({ execution: { status }, start, end }: Step): void {
    this.counts[status] = (this.counts[status] ?? 0) + 1;
    if (status === 'Skipped') return;
    this.busy += end - start;
    if (status !== 'Running') this.#durations.push(end - start);
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
  const sums = new Map<string, Sum>(nodes.map(({ address }) => [address, new Sum()]));
  for (const step of steps) {
    const { kind, address } = step.execution;
    if (kind !== 'iteration') sums.get(address)?.add(step);
  }
  return nodes.map((node) => nodeView(node, sums.get(node.address) ?? new Sum()));
}

function nodeView(node: ListedNode, sum: Sum): NodeView {
  const { address, name, kind, of, container, criticality, concurrency } = node;
  const { counts, busy } = sum;
  return {
    ...{ address, name, kind, container, criticality, counts, busy },
    ...(of !== undefined && { of }),
    ...(Number.isFinite(concurrency) && { concurrency }),
    ...sum.quantiles(),
    runAfter: node.runAfter.map((edge) => ({
      address: container === '' ? edge.name : `${container}/${edge.name}`,
      statuses: edge.statuses,
    })),
  };
}
