/**
 * Reads the outcomes of a frame in parts, so that a million of them need no memory.
 * @module
 */
import type { FrameQuery, RunStore, StoredOutcome } from '../ports/run-store.ts';

/** As many outcomes are read at once. */
const pageSize = 500;

/** Pages of outcomes, by their keys. The last one may be empty. */
export async function* outcomePages(
  store: RunStore,
  runId: string,
  frame: string,
  query: FrameQuery = {},
): AsyncIterable<readonly StoredOutcome[]> {
  let { after } = query;
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    const limit = Math.min(pageSize, left);
    const page = await store.readFrame(runId, frame, { ...query, after, limit });
    yield page;
    if (page.length < limit) return;
    after = page.at(-1)?.key;
    left -= page.length;
  }
}
