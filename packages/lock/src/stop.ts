/**
 * The end of a call before its time: the caller is told at once, and what works for it sees a signal.
 *
 * An AbortController would do, and to listen to one costs a tenth of what a free lock on Redis does.
 * @module
 */

export class Stop {
  readonly #controller = new AbortController();
  #tell: (reason: unknown) => void = () => {};

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The first reason counts. */
  abort(reason: unknown): void {
    this.#controller.abort(reason);
    this.#tell(this.signal.reason);
  }

  /** Settles as the work does, or rejects with the reason when it is stopped before. To be called once. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#tell = reject;
      work.then(resolve, reject);
    });
  }
}
