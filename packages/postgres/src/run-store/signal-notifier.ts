/**
 * Notifies other processes of signals that are kept, after those were committed.
 *
 * A process that ends in between has told nobody, which costs time and nothing else: who waits looks now and
 * then. Notifying in the transaction of the signal would cost more: all transactions that notify commit one
 * after the other, in the whole server, and each would wait for the disk. Notices that come while others are
 * sent go together.
 * @module
 */

/** Notices in one statement. */
const maxNotices = 500;

export class SignalNotifier {
  readonly #send: (payloads: readonly string[]) => Promise<unknown>;
  readonly #waiting: string[] = [];
  #sending: Promise<void> | undefined;

  constructor(send: (payloads: readonly string[]) => Promise<unknown>) {
    this.#send = send;
  }

  /** Sends it soon, in the order of the calls. What cannot be sent is dropped. */
  tell(payload: string): void {
    this.#waiting.push(payload);
    this.#sending ??= this.#drain();
  }

  /** Resolves when all was sent. */
  async close(): Promise<void> {
    await this.#sending;
  }

  async #drain(): Promise<void> {
    // The answers to the writes of one batch come together: so do their notices.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      await this.#send(this.#waiting.splice(0, maxNotices)).catch(() => {});
    }
    this.#sending = undefined;
  }
}
