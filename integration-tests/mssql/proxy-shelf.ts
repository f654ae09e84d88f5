/** Proxies that are kept from one test to the next, so that locks can be kept that are behind them. */
import { type FaultProxy, faultProxy } from '@runafter/testkit';

export class ProxyShelf {
  readonly #url: string;
  readonly #idle: FaultProxy[] = [];
  readonly #taken: FaultProxy[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  /** One that nobody else has: tests that are played side by side must not cut each other off. */
  async take(): Promise<FaultProxy> {
    const proxy = this.#idle.pop() ?? (await faultProxy({ url: this.#url }));
    this.#taken.push(proxy);
    return proxy;
  }

  /** Takes back all that were taken, and their faults. */
  takeBack(): void {
    for (const proxy of this.#taken) proxy.heal();
    this.#idle.push(...this.#taken.splice(0));
  }

  /** To be called when all are back. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.map((proxy) => proxy.close()));
  }
}
