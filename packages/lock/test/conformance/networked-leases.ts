/**
 * A lease driver with a network in front of it, which fails on command. All of it goes by one virtual clock.
 *
 * Each request takes a while to arrive and a while to be answered, so that requests of several connections
 * really overlap.
 * @module
 */
import {
  type Clock,
  type Random,
  seededRandom,
  untilAborted,
  type WaitOptions,
} from '@runafter/clock';
import { ServiceUnavailableError } from '@runafter/errors';
import type { AcquireRequest, LeaseDriver, LeaseRequest, Watch } from '@runafter/lock';
import type { FaultyNetwork } from '@runafter/lock/conformance';

/** In milliseconds: no request takes longer. */
const longestRequest = 2_000;

export class NetworkedLeases implements LeaseDriver, FaultyNetwork {
  readonly name: string;
  readonly queues: boolean;
  readonly #leases: LeaseDriver;
  readonly #clock: Clock;
  readonly #random: Random = seededRandom(1);
  readonly #watchers = new Set<() => void>();
  #state: 'works' | 'stalls' | 'is cut' = 'works';
  #healed = newHealing();
  #loss: (() => Promise<void>) | undefined;

  constructor(leases: LeaseDriver, clock: Clock) {
    this.name = leases.name;
    this.queues = leases.queues;
    this.#leases = leases;
    this.#clock = clock;
  }

  acquire(request: AcquireRequest, options: WaitOptions) {
    return this.#request(options, () => this.#leases.acquire(request, options));
  }

  renew(request: LeaseRequest, ttl: number, options: WaitOptions) {
    return this.#request(options, () => this.#leases.renew(request, ttl, options));
  }

  release(request: LeaseRequest, options: WaitOptions) {
    return this.#request(options, () => this.#leases.release(request, options));
  }

  watch(request: LeaseRequest, wake: () => void): Watch {
    const watch = this.#leases.watch?.(request, () => {
      if (this.#state === 'works') wake();
    });
    this.#watchers.add(wake);
    const stop = () => {
      this.#watchers.delete(wake);
      watch?.stop();
    };
    return { hears: watch !== undefined, stop };
  }

  close(): Promise<void> {
    return this.#leases.close();
  }

  readonly loseReply = (meanwhile: () => Promise<void> = async () => {}): void => {
    this.#loss = meanwhile;
  };

  readonly stall = (): void => {
    this.#state = 'stalls';
  };

  readonly cut = (): void => {
    this.#state = 'is cut';
  };

  readonly heal = (): void => {
    this.#state = 'works';
    this.#healed.resolve();
    this.#healed = newHealing();
    // What was told meanwhile has not arrived.
    for (const wake of this.#watchers) wake();
  };

  async #request<R>({ signal }: WaitOptions, carryOut: () => Promise<R>): Promise<R> {
    const answering = this.#answer(carryOut);
    const patience = new AbortController();
    const cancelTimer = this.#clock.setTimer(longestRequest, () => {
      patience.abort(new ServiceUnavailableError(this.name, 'unknown'));
    });
    const signals = signal === undefined ? [patience.signal] : [patience.signal, signal];
    try {
      return await untilAborted(AbortSignal.any(signals), answering);
    } finally {
      cancelTimer();
    }
  }

  async #answer<R>(carryOut: () => Promise<R>): Promise<R> {
    await this.#hop();
    if (this.#isCut) throw new ServiceUnavailableError(this.name, 'not-done');
    const meanwhile = this.#loss;
    this.#loss = undefined;
    const reply = await carryOut();
    await this.#hop();
    if (meanwhile !== undefined) {
      await meanwhile();
      throw new ServiceUnavailableError(this.name, 'unknown');
    }
    if (this.#state === 'stalls') await this.#healed;
    if (this.#isCut) throw new ServiceUnavailableError(this.name, 'unknown');
    return reply;
  }

  get #isCut(): boolean {
    return this.#state === 'is cut';
  }

  #hop(): Promise<void> {
    return this.#clock.sleep(this.#random());
  }
}

function newHealing(): Promise<void> & { readonly resolve: () => void } {
  let resolve = () => {};
  const healing = new Promise<void>((settle) => {
    resolve = settle;
  });
  return Object.assign(healing, { resolve });
}
