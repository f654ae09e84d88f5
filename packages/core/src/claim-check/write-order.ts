/**
 * The order of the writes to each run, while some of them wait for a document.
 *
 * Invariant: writes to a run are sent in the order of their calls. Where nothing of the run is under way,
 * a write is sent before its call returns, so that small texts cost nothing.
 * @module
 */

export class WriteOrder {
  /** Of each run, the call that the next one is sent after. */
  readonly #turns = new Map<string, Promise<void>>();
  /** The same, of the calls that change which run there is, and who holds it. */
  readonly #changes = new Map<string, Promise<void>>();

  /** Nothing of the run waits: the next write can be sent at once. */
  isFree(runId: string): boolean {
    return !this.#turns.has(runId);
  }

  /**
   * Sends a write after those that were called before it, once it is prepared. One that cannot be
   * prepared rejects, and holds up nobody.
   */
  inTurn<P, T>(
    runId: string,
    prepared: P | Promise<P>,
    send: (prepared: P) => Promise<T>,
  ): Promise<T> {
    if (this.isFree(runId) && !(prepared instanceof Promise)) return send(prepared);
    // Wrapped, so that the next write does not wait for the answer to this one.
    const sent = this.#ready(runId, prepared).then((ready) => ({ answer: send(ready) }));
    occupy(this.#turns, runId, sent);
    return sent.then(({ answer }) => answer);
  }

  /** The same for what changes the run itself, or who holds it: others are sent after its answer. */
  change<P, T>(
    runId: string,
    prepared: P | Promise<P>,
    send: (prepared: P) => Promise<T>,
  ): Promise<T> {
    const answer =
      this.isFree(runId) && !(prepared instanceof Promise)
        ? send(prepared)
        : this.#ready(runId, prepared).then(send);
    occupy(this.#turns, runId, answer);
    occupy(this.#changes, runId, answer);
    return answer;
  }

  /** Sends what keeps a lease alive: a slow document must not lose it, so it waits for changes alone. */
  renewal<T>(runId: string, send: () => Promise<T>): Promise<T> {
    const before = this.#changes.get(runId);
    return before === undefined ? send() : before.then(send);
  }

  /** Resolves when the changes of the run so far are answered. */
  async afterChanges(runId: string): Promise<void> {
    await this.#changes.get(runId);
  }

  /** Resolves when everything is sent. */
  async sent(): Promise<void> {
    while (this.#turns.size > 0) await Promise.all(this.#turns.values());
  }

  async #ready<P>(runId: string, prepared: P | Promise<P>): Promise<P> {
    const [ready] = await Promise.allSettled([prepared, this.#turns.get(runId)]);
    if (ready.status === 'rejected') throw ready.reason;
    return ready.value;
  }
}

function occupy(turns: Map<string, Promise<void>>, runId: string, until: Promise<unknown>): void {
  const leave = (): void => {
    if (turns.get(runId) === turn) turns.delete(runId);
  };
  const turn = until.then(leave, leave);
  turns.set(runId, turn);
}
