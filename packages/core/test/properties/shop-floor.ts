/**
 * Handlers whose promises fast-check releases one by one, and a record of who works at any moment.
 *
 * Invariant: a handler that is stopped is over at once, so what `running` shows after a stop is what
 * the engine has forgotten to stop.
 * @module
 */
import type { Scheduler } from 'fast-check';

export class ShopFloor<Key = number> {
  /** Those who work now, in the order in which they started. */
  readonly running: Key[] = [];
  /** All who ever started, in that order. */
  readonly started: Key[] = [];
  readonly ended: Key[] = [];
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Works until the scheduler says so, or the signal is aborted. */
  async work(key: Key, signal: AbortSignal, fails = false): Promise<string> {
    this.started.push(key);
    this.running.push(key);
    try {
      await orAborted(this.#scheduler.schedule(Promise.resolve(), String(key)), signal);
    } finally {
      this.running.splice(this.running.indexOf(key), 1);
      this.ended.push(key);
    }
    if (fails) throw new Error(`${String(key)} fails, as planned.`);
    return resultOf(key);
  }
}

/** What the worker with this key returns. */
export function resultOf(key: unknown): string {
  return `result of ${String(key)}`;
}

function orAborted(work: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    void work.then(resolve, reject);
  });
}

/** A promise that a test resolves when it likes. */
export class Barrier {
  readonly lifted: Promise<void>;
  lift: () => void = () => undefined;

  constructor() {
    this.lifted = new Promise((resolve) => {
      this.lift = resolve;
    });
  }
}
