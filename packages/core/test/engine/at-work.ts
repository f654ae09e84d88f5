/**
 * How many handlers are at work at once, and how many ever were.
 * @module
 */
import type { VirtualClock } from '@runafter/clock';

export class AtWork {
  most = 0;
  #now = 0;

  /** Work that takes this long, and ends early when its signal aborts. */
  async on(clock: VirtualClock, ms: number, signal?: AbortSignal): Promise<void> {
    this.#now++;
    this.most = Math.max(this.most, this.#now);
    try {
      await clock.sleep(ms, { signal });
    } finally {
      this.#now--;
    }
  }
}
