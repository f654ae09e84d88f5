/**
 * Pools in memory behind a network that a test chooses, for one process.
 * @module
 */
import type { WaitOptions } from '@runafter/clock';
import type {
  AddRequest,
  ClaimantRequest,
  Claimed,
  ClaimRequest,
  PoolStore,
  ReleaseRequest,
  ResourceState,
  Retired,
} from '../src/index.ts';
import type { Sending } from './weather.ts';

type Busy = Exclude<Awaited<ReturnType<PoolStore['claim']>>, Claimed | Retired>;

export class ShakyPools implements PoolStore {
  readonly name = 'Shaky pools';
  readonly queues: boolean;
  watches = 0;
  readonly #pools: PoolStore;
  readonly #network: Sending;

  constructor(pools: PoolStore, network: Sending, queues: boolean) {
    this.#pools = pools;
    this.#network = network;
    this.queues = queues;
  }

  claim(request: ClaimRequest, { signal }: WaitOptions): Promise<Claimed | Busy | Retired> {
    return this.#network.send(() => this.#pools.claim(request, {}), signal, 'claim');
  }

  renew(request: ClaimantRequest, ttl: number, { signal }: WaitOptions): Promise<boolean> {
    return this.#network.send(() => this.#pools.renew(request, ttl, {}), signal, 'renew');
  }

  release(request: ReleaseRequest, { signal }: WaitOptions): Promise<boolean> {
    return this.#network.send(() => this.#pools.release(request, {}), signal, 'release');
  }

  async leaveLine(request: ClaimantRequest, { signal }: WaitOptions): Promise<void> {
    await this.#network.send(async () => this.#pools.leaveLine?.(request, {}), signal, 'leaveLine');
  }

  watch(request: ClaimantRequest, wake: () => void) {
    this.watches++;
    const watch = this.#pools.watch?.(request, wake);
    return {
      hears: this.queues,
      stop: () => {
        this.watches--;
        watch?.stop();
      },
    };
  }

  add(request: AddRequest, { signal }: WaitOptions): Promise<void> {
    return this.#network.send(() => this.#pools.add(request, {}), signal, 'add');
  }

  withdraw(pool: string, ids: readonly string[], { signal }: WaitOptions): Promise<void> {
    return this.#network.send(() => this.#pools.withdraw(pool, ids, {}), signal, 'withdraw');
  }

  inspect(pool: string, { signal }: WaitOptions): Promise<readonly ResourceState[]> {
    return this.#network.send(() => this.#pools.inspect(pool, {}), signal, 'inspect');
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}
