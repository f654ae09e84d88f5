/**
 * Who is to be woken when something happens, by key: what stands behind a driver's `watch`.
 * @module
 */

export class Watchers {
  /** A key that nobody watches is not in it. */
  readonly #byKey = new Map<string, Set<() => void>>();

  /** How many keys are watched. */
  get size(): number {
    return this.#byKey.size;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** @returns ends it; may be called again. */
  add(key: string, wake: () => void): () => void {
    const ofKey = this.#byKey.get(key) ?? new Set();
    // One of its own, for a function that watches twice.
    const watcher = () => wake();
    this.#byKey.set(key, ofKey.add(watcher));
    return () => {
      ofKey.delete(watcher);
      if (ofKey.size === 0 && this.#byKey.get(key) === ofKey) this.#byKey.delete(key);
    };
  }

  /** Wakes those that watch this key now. */
  wake(key: string): void {
    for (const wake of [...(this.#byKey.get(key) ?? [])]) wake();
  }

  wakeAll(): void {
    for (const key of [...this.#byKey.keys()]) this.wake(key);
  }
}
