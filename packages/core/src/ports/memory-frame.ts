/**
 * The part of {@link memoryRunStore} for one frame: its outcomes, and who was given what has none yet.
 *
 * A key that is a number and one that is the same text are two keys, as in a Map. The keys are sorted
 * when somebody reads after one was added, so a frame of a million items is cheap to fill and to page.
 * @module
 */
import type { Delivery, FrameQuery, Recorded, RunEnd, StoredOutcome } from './run-store.ts';

type Key = string | number;

/** The newest delivery of the newest attempt of an action. */
interface Claim {
  readonly attempt: number;
  readonly delivery: number;
  reported: boolean;
}

export class MemoryFrame {
  readonly #outcomes = new Map<Key, StoredOutcome>();
  readonly #claims = new Map<Key, Claim>();
  #sorted: Key[] = [];

  /** The number of the delivery; undefined when nobody is to call a handler for this attempt. */
  claimAttempt(key: Key, attempt: number): number | undefined {
    if (this.#outcomes.has(key)) return undefined;
    const before = this.#claims.get(key);
    const isSame = before?.attempt === attempt;
    if (before !== undefined && (before.attempt > attempt || (isSame && before.reported))) {
      return undefined;
    }
    const delivery = isSame ? before.delivery + 1 : 1;
    this.#claims.set(key, { attempt, delivery, reported: false });
    return delivery;
  }

  /** Whether this delivery is the one that may report; from then on it has. */
  report({ key, attempt, delivery }: Delivery): boolean {
    const claim = this.#claims.get(key);
    if (claim?.attempt !== attempt || claim.delivery !== delivery || claim.reported) return false;
    claim.reported = true;
    return true;
  }

  /** Keeps an outcome, unless the place has one. */
  record(outcome: StoredOutcome): Exclude<Recorded, 'fenced'> {
    const { key } = outcome;
    if (this.#outcomes.has(key)) return 'duplicate';
    this.#outcomes.set(key, Object.freeze({ ...outcome, error: frozenError(outcome.error) }));
    this.#claims.delete(key);
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
