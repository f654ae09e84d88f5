/**
 * Keeping what is leased until the process was paused: what a worker does before it becomes a zombie.
 *
 * Invariant: whoever keeps something notices the pause by the clock alone, as code does that was in the middle of
 * something. No timer of the lease, and nothing that comes over the network, needs to have run before.
 * @module
 */
import type { ResourceLease } from '@runafter/claim';
import { systemClock } from '@runafter/clock';
import type { Report } from './task.ts';

/** Milliseconds between two looks at the clock. */
const tick = 10;

export class Vigil {
  /** A gap of so many milliseconds between two looks is a pause. */
  readonly #pause: number;
  readonly #tell: (report: Report) => void;
  #isOn = false;

  constructor(ttl: number, tell: (report: Report) => void) {
    this.#pause = ttl / 2;
    this.#tell = tell;
  }

  /** From now on, until the process was paused, holders keep what they have. */
  begin(): void {
    this.#isOn = true;
  }

  /** Nothing is kept any more: also what was lost before the pause, and so has not noticed it. */
  end(): void {
    this.#isOn = false;
  }

  /** Resolves at once where nothing is to be kept; else when the process was paused, or the lease was lost without that. */
  async keep(key: string, { token, signal }: ResourceLease<string>): Promise<void> {
    if (!this.#isOn) return;
    this.#tell({ kind: 'keeps', key, token: String(token) });
    let before = systemClock.monotonic();
    while (this.#isOn && !signal.aborted) {
      await systemClock.sleep(tick);
      const now = systemClock.monotonic();
      if (now - before > this.#pause) this.#isOn = false;
      before = now;
    }
  }
}
