/**
 * Listeners that cannot harm what they listen to.
 *
 * Invariant: what a listener throws, or what its promise rejects with, becomes a process warning and nothing else.
 * @module
 */
import { toFault } from '@runafter/errors';

/** Calls its listeners in the order in which they came. */
export class ListenerSet<T> {
  readonly #listeners = new Set<{ readonly listener: (value: T) => unknown }>();
  readonly #topic: string;

  /** @param topic - what they listen to, for the warning. */
  constructor(topic: string) {
    this.#topic = topic;
  }

  /** @returns ends it; calling it again does nothing. */
  add(listener: (value: T) => unknown): () => void {
    const entry = { listener };
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  tell(value: T): void {
    for (const { listener } of [...this.#listeners]) {
      try {
        Promise.resolve(listener(value)).catch(this.#warn);
      } catch (error) {
        this.#warn(error);
      }
    }
  }

  readonly #warn = (error: unknown): void => {
    const { message } = toFault(error);
    process.emitWarning(`A listener of an adaptive limiter failed on ${this.#topic}: ${message}`, {
      type: 'RunafterWarning',
      code: 'ADAPTIVE_LISTENER_FAILED',
    });
  };
}
