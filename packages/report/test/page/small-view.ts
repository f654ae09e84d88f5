/**
 * Views of a few nodes and executions, for tests that say what matters to them and nothing else.
 * @module
 */
import type { ExecutionView, NodeView, RunView } from '../../src/view/run-view.ts';

/** A node; its name and its container are those of its address. */
export function nodeView(address: string, more: Partial<NodeView> = {}): NodeView {
  const slash = address.lastIndexOf('/');
  return {
    address,
    name: address.slice(slash + 1),
    kind: 'action',
    container: address.slice(0, Math.max(0, slash)),
    runAfter: [],
    criticality: 'critical',
    counts: { Succeeded: 1 },
    busy: 10,
    ...more,
  };
}

/** What a node runs after, by success alone. */
export function after(...addresses: readonly string[]): Pick<NodeView, 'runAfter'> {
  return { runAfter: addresses.map((address) => ({ address, statuses: ['Succeeded'] })) };
}

/** A call from one millisecond of the run to another. */
export function executionView(
  path: string,
  [startTime, endTime]: readonly [number, number],
  more: Partial<ExecutionView> = {},
): ExecutionView {
  return {
    path,
    address: path.replaceAll(/\[\d+\]/g, ''),
    kind: 'action',
    status: 'Succeeded',
    readyTime: startTime,
    startTime,
    endTime,
    attempts: [{ number: 1, startTime, endTime, throttled: false }],
    waits: [],
    ...more,
  };
}

/** An iteration of a loop. */
export function iterationView(path: string, times: readonly [number, number]): ExecutionView {
  return executionView(path, times, { kind: 'iteration', attempts: [] });
}

/** A run of 100 milliseconds. */
export function runView(more: Partial<RunView> = {}): RunView {
  return {
    runId: 'run-1',
    workflow: 'Orders',
    status: 'Succeeded',
    startTime: 0,
    endTime: 100,
    why: { text: 'Every leaf succeeded.', chain: [] },
    nodes: [],
    executions: [],
    left: 0,
    analysis: {
      ...{ makespan: 100, busy: 0, calls: 0, attempts: 0, notKept: 0 },
      ...{ criticalPath: [], outliers: [], throttled: 0, waited: {} },
    },
    ...more,
  };
}
