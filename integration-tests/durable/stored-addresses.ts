/**
 * Everything in a run that has an outcome in the store.
 * @module
 */
import type { RunStore } from '@runafter/core';
import type { Expected } from '../../packages/core/test/model/expected.ts';
import { itemAt } from '../../packages/core/test/model/plan.ts';
import { addressOf } from './observed-store.ts';

/**
 * Reads the frames that a run can have.
 *
 * @param expected - what can be in it.
 * @returns addresses as in the logbook.
 */
export async function storedAddresses(
  store: RunStore,
  runId: string,
  expected: Expected,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const frame of framesOf(expected, '')) {
    for (const { key } of await store.readFrame(runId, frame)) {
      found.add(addressOf(runId, frame, key));
    }
  }
  return found;
}

/** A body, and the bodies inside it; items stand with their indexes, and with their ids. */
function* framesOf({ results }: Expected, frame: string): Generator<string> {
  yield frame;
  for (const inner of results) {
    const path = frame === '' ? inner.name : `${frame}/${inner.name}`;
    if (inner.repeats === undefined) {
      if (inner.results.length > 0) yield* framesOf(inner, path);
      continue;
    }
    yield path;
    for (const iteration of inner.iterations) {
      const id = `id=${encodeURIComponent(itemAt(Number(iteration.name)))}`;
      yield* framesOf(iteration, `${path}[${iteration.name}]`);
      yield* framesOf(iteration, `${path}[${id}]`);
    }
  }
}
