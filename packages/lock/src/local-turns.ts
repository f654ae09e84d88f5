/**
 * One at a time within this process, for backends that do not keep who waits in order: of those who wait for
 * the same name here, one asks the backend, and the others wait behind it without a request.
 * @module
 */

/** Passes the turn on to who is next. Call it once. */
export type Turn = () => void;

export class LocalTurns {
  /** Who waits behind whoever has the turn, by name. A name that nobody wants is not in it. */
  readonly #lines = new Map<string, Set<() => void>>();

  /** Whether somebody has the turn. */
  isTaken(name: string): boolean {
    return this.#lines.has(name);
  }

  /** The turn, if it is nobody else's. */
  tryTake(name: string): Turn | undefined {
    if (this.#lines.has(name)) return undefined;
    this.#lines.set(name, new Set());
    return () => this.#pass(name);
  }

  /** Waits for the turn; rejects with the signal's reason. */
  async take(name: string, signal: AbortSignal): Promise<Turn> {
    return this.tryTake(name) ?? this.#queue(name, signal);
  }

  #queue(name: string, signal: AbortSignal): Promise<Turn> {
    return new Promise((resolve, reject) => {
      const line = this.#lines.get(name);
      const admit = () => {
        signal.removeEventListener('abort', leave);
        resolve(() => this.#pass(name));
      };
      const leave = () => {
        line?.delete(admit);
        reject(signal.reason);
      };
      line?.add(admit);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #pass(name: string): void {
    const line = this.#lines.get(name);
    const [next] = line ?? [];
    if (next === undefined) {
      this.#lines.delete(name);
    } else {
      line?.delete(next);
      next();
    }
  }
}
