/**
 * What the oracle says that the handlers and compensations of a run do.
 * @module
 */
import type { Expected } from '../../../packages/core/test/model/expected.ts';
import { sagaName } from './saga-plans.ts';

/** The work at one address. */
export interface DueWork {
  /** How many attempts there are. */
  readonly calls: number;
  /** The addresses of the steps that run after it, where its saga undoes it; else undefined. */
  readonly undoneAfter?: readonly string[];
}

/** What is done in a run, by address: its id and the path of the action, through child workflows. */
export function workDue(expected: Expected, runId: string): ReadonlyMap<string, DueWork> {
  return new Map(workInside(expected, runId));
}

function* workInside(around: Expected, prefix: string): Generator<[string, DueWork]> {
  const isUndone = around.name === sagaName && around.status !== 'Succeeded';
  for (const inner of [...around.results, ...around.iterations]) {
    const address = `${prefix}/${inner.path}`;
    if (inner.calls > 0) {
      const undoneAfter = isUndone
        ? around.results.filter((step) => step.calls > 0 && step.runsAfter.includes(inner.name))
        : undefined;
      yield [
        address,
        {
          calls: inner.calls,
          ...(undoneAfter && { undoneAfter: undoneAfter.map(({ path }) => `${prefix}/${path}`) }),
        },
      ];
    }
    // Paths begin anew in a child workflow, and only there.
    yield* workInside(inner, inner.isChild ? address : prefix);
  }
}
