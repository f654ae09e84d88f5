/**
 * One at a time within this process, for backends that do not keep who waits in order: of those who want the
 * same name here, one asks the backend, and the others wait behind it without a request.
 * @module
 */
import { type ConcurrencyLimiter, concurrencyLimiter, type Permit } from '@runafter/clock';

export class LocalTurns {
  readonly #names = new Map<string, ConcurrencyLimiter>();

  /** Waits for the caller's turn, which lasts until the permit is released. */
  async take(name: string, signal: AbortSignal): Promise<Permit> {
    const limiter = this.#names.get(name) ?? concurrencyLimiter(1);
    this.#names.set(name, limiter);
    return this.#forgetting(name, limiter, await limiter.acquire({ signal }));
  }

  /** The caller's turn, if it is nobody else's; else undefined. */
  tryTake(name: string): Promise<Permit> | undefined {
    return this.#names.has(name) ? undefined : this.take(name, new AbortController().signal);
  }

  #forgetting(name: string, limiter: ConcurrencyLimiter, permit: Permit): Permit {
    const release = () => {
      permit.release();
      if (limiter.active === 0) this.#names.delete(name);
    };
    return { release, [Symbol.dispose]: release };
  }
}
