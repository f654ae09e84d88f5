/**
 * Who leaves when a signal is aborted.
 *
 * Invariant: a signal has one listener, however many wait with it, and none when nobody does. For a signal looks
 * through all of its listeners to add one or to take one off, and ten thousand waiters may well share theirs.
 * @module
 */

/** Takes one off again; calling it again does nothing. */
type Forget = () => void;

export class Leaving<T> {
  readonly #onAbort: (leaving: ReadonlySet<T>, reason: unknown) => void;
  readonly #groups = new Map<AbortSignal, Group<T>>();

  /** @param onAbort - called once for a signal, with all who have not been forgotten. */
  constructor(onAbort: (leaving: ReadonlySet<T>, reason: unknown) => void) {
    this.#onAbort = onAbort;
  }

  /** @param signal - not aborted yet. */
  with(signal: AbortSignal, item: T): Forget {
    const group = this.#groups.get(signal) ?? this.#open(signal);
    group.items.add(item);
    return () => {
      if (group.items.delete(item) && group.items.size === 0) group.close();
    };
  }

  #open(signal: AbortSignal): Group<T> {
    const items = new Set<T>();
    const abort = () => {
      close();
      this.#onAbort(items, signal.reason);
    };
    const close = () => {
      this.#groups.delete(signal);
      signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort);
    const group = { items, close };
    this.#groups.set(signal, group);
    return group;
  }
}

interface Group<T> {
  readonly items: Set<T>;
  readonly close: () => void;
}
