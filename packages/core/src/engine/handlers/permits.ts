/**
 * What an attempt has taken of its limiters.
 * @module
 */
import type { Limiter, Permit } from '@runafter/clock';

export class Permits {
  readonly #taken: Permit[] = [];

  /** Takes one of each, in turn. An order to stop may come before the promise is heard: look again. */
  async take(limiters: readonly Limiter[], signal: AbortSignal): Promise<void> {
    for (const limiter of limiters) this.#taken.push(await limiter.acquire({ signal }));
  }

  /** @param failure - for limiters that learn from it; undefined where the attempt has succeeded. */
  giveBack(failure: unknown): void {
    for (const permit of this.#taken.splice(0)) permit.release(failure);
  }
}
