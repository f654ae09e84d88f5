/**
 * Events from outside, between the ones who send and the waitFor actions that take them.
 *
 * Invariant: a payload is taken exactly once, whichever came first, the signal or the wait; those of the
 * same event (and correlation) in the order in which they came.
 * @module
 */

/** What became of a signal. */
export type SignalOutcome = 'delivered' | 'kept' | 'duplicate';

/** A payload; where the run is durable, with the number of its signal and when that was sent. */
export interface Mail {
  readonly payload: unknown;
  /** Why its payload cannot be read. */
  readonly fault?: { readonly thrown: unknown };
  readonly number?: number | undefined;
  /** Milliseconds since 1970. */
  readonly sentAt?: number | undefined;
}

type Take = (mail: Mail) => void;

export class Mailbox {
  // Made when they are needed: every run has a mailbox, and few get mail.
  #waiting: Map<string, Set<Take>> | undefined;
  #kept: Map<string, Mail[]> | undefined;
  #ids: Set<string> | undefined;

  /** Hands the payload to the first who waits for it, or keeps it for the next who will. */
  put(
    event: string,
    correlate: string | undefined,
    mail: Mail,
    id: string | undefined,
  ): SignalOutcome {
    if (id !== undefined) {
      if (this.#ids?.has(id)) return 'duplicate';
      this.#ids ??= new Set();
      this.#ids.add(id);
    }
    const key = keyOf(event, correlate);
    const waiting = this.#waiting?.get(key);
    if (waiting !== undefined) {
      const [take] = waiting;
      this.#leave(key, take as Take);
      take?.(mail);
      return 'delivered';
    }
    this.#kept ??= new Map();
    const kept = this.#kept.get(key);
    if (kept === undefined) this.#kept.set(key, [mail]);
    else kept.push(mail);
    return 'kept';
  }

  /** Somebody waits for such a payload. */
  isAwaited(event: string, correlate: string | undefined): boolean {
    return this.#waiting?.has(keyOf(event, correlate)) ?? false;
  }

  /** Such a payload is there, and was sent by then: milliseconds since 1970. */
  holds(event: string, correlate: string | undefined, deadline: number): boolean {
    const kept = this.#kept?.get(keyOf(event, correlate)) ?? [];
    return kept.some(({ sentAt = 0 }) => sentAt <= deadline);
  }

  /**
   * Takes a payload that is there, or waits for one. `take` is called at once or later, at most once.
   *
   * @param deadline - leaves alone what was sent later, in milliseconds since 1970.
   * @returns leaves the queue; does nothing once `take` was called.
   */
  take(
    event: string,
    correlate: string | undefined,
    take: Take,
    deadline: number = Number.POSITIVE_INFINITY,
  ): () => void {
    const key = keyOf(event, correlate);
    const kept = this.#kept?.get(key);
    const first = kept?.findIndex(({ sentAt = 0 }) => sentAt <= deadline) ?? -1;
    if (kept !== undefined && first >= 0) {
      const [mail] = kept.splice(first, 1);
      if (kept.length === 0) this.#kept?.delete(key);
      take(mail as Mail);
      return () => undefined;
    }
    this.#waiting ??= new Map();
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting.add(take));
    return () => this.#leave(key, take);
  }

  #leave(key: string, take: Take): void {
    const waiting = this.#waiting?.get(key);
    waiting?.delete(take);
    if (waiting?.size === 0) this.#waiting?.delete(key);
  }
}

function keyOf(event: string, correlate: string | undefined): string {
  return JSON.stringify(correlate === undefined ? [event] : [event, correlate]);
}
