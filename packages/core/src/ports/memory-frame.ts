/**
 * The part of {@link memoryRunStore} for one frame: its outcomes, attempts and joins.
 *
 * A key that is a number and one that is the same text are two keys, as in a Map. The keys are sorted
 * when somebody reads after one was added, so a frame of a million items is cheap to fill and to page.
 * @module
 */
import type { FrameQuery, Join, ReadyJoin, Recorded, RunEnd, StoredOutcome } from './run-store.ts';

type Key = string | number;

/** How many a join still waits for. */
interface Count {
  open: number;
  met: boolean;
}

export class MemoryFrame {
  readonly #outcomes = new Map<Key, StoredOutcome>();
  readonly #attempts = new Map<Key, number>();
  readonly #joins = new Map<Key, Count>();
  #sorted: Key[] = [];

  /** The number of the new attempt; undefined when the action has an outcome. */
  claimAttempt(key: Key): number | undefined {
    if (this.#outcomes.has(key)) return undefined;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    return attempt;
  }

  /** Keeps an outcome, unless the place has one or a newer attempt owns it. */
  record(outcome: StoredOutcome): Exclude<Recorded['state'], 'fenced'> {
    const { key, attempt } = outcome;
    if (this.#outcomes.has(key)) return 'duplicate';
    if (attempt < (this.#attempts.get(key) ?? 0)) return 'stale';
    this.#outcomes.set(key, Object.freeze({ ...outcome, error: frozenError(outcome.error) }));
    this.#attempts.delete(key);
    return 'recorded';
  }

  read({ after, keys, statuses, limit }: FrameQuery): StoredOutcome[] {
    const candidates =
      keys === undefined ? this.#sortedKeys() : [...new Set(keys)].sort(compareKeys);
    const found: StoredOutcome[] = [];
    for (let at = after === undefined ? 0 : firstAbove(candidates, after); ; at++) {
      const key = candidates[at];
      if (key === undefined || found.length === limit) return found;
      const outcome = this.#outcomes.get(key);
      if (outcome !== undefined && (statuses?.includes(outcome.status) ?? true))
        found.push(outcome);
    }
  }

  /** One less to wait for; the join, when that was the last one. */
  decrement(join: Join): ReadyJoin | undefined {
    if (join.of === 1) return readyJoin(join, join.met);
    const count = this.#joins.get(join.key) ?? { open: join.of, met: true };
    this.#joins.set(join.key, count);
    count.open -= 1;
    count.met &&= join.met;
    return count.open === 0 ? readyJoin(join, count.met) : undefined;
  }

  /** The join, when it waits for nothing any more. */
  readyAgain(join: Join): ReadyJoin | undefined {
    if (join.of === 1) return readyJoin(join, join.met);
    const count = this.#joins.get(join.key);
    return count?.open === 0 ? readyJoin(join, count.met) : undefined;
  }

  forgetJoins(): void {
    this.#joins.clear();
  }

  #sortedKeys(): Key[] {
    if (this.#sorted.length < this.#outcomes.size) {
      this.#sorted = [...this.#outcomes.keys()].sort(compareKeys);
    }
    return this.#sorted;
  }
}

/** A copy of only what is stored of an error: what it was thrown as may be anything. */
export function frozenError(error: RunEnd['error']): RunEnd['error'] {
  return error && Object.freeze({ code: error.code, message: error.message });
}

function readyJoin({ frame, key }: Join, met: boolean): ReadyJoin {
  return { frame, key, met };
}

/** Numbers first, by their size; then texts, by their UTF-16 code units. */
function compareKeys(a: Key, b: Key): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Where in the sorted keys the first one above this one is. */
function firstAbove(sorted: readonly Key[], key: Key): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (compareKeys(sorted[middle] as Key, key) > 0) to = middle;
    else from = middle + 1;
  }
  return from;
}
