/**
 * Leases in memory behind a network that delays, loses and repeats, and what every process saw of them.
 * @module
 */
import { type Clock, type Random, untilAborted, type WaitOptions } from '@runafter/clock';
import { ServiceUnavailableError } from '@runafter/errors';
import type {
  AcquireRequest,
  Busy,
  Granted,
  LeaseDriver,
  LeaseRequest,
  Watch,
} from '../src/index.ts';
import type { MemoryLeases } from '../src/memory-leases.ts';

/** What may become of a request; each share is a probability. */
export interface Weather {
  /** Milliseconds that a request or a reply takes at most. */
  readonly delay: number;
  /** Requests that are lost before they are carried out, of which half say so. */
  readonly lostRequests: number;
  /** Replies that are lost after the request was carried out. */
  readonly lostReplies: number;
  /** Replies that come after a long time. */
  readonly slowReplies: number;
  /** Requests that hang until their signal aborts, or for a minute. */
  readonly hanging: number;
  /** Wake-ups that are not told. */
  readonly lostWakes: number;
}

export const fair: Weather = {
  delay: 20,
  lostRequests: 0,
  lostReplies: 0,
  slowReplies: 0,
  hanging: 0,
  lostWakes: 0,
};

/** The driver of one process. */
export class ShakyLeases implements LeaseDriver {
  readonly name = 'Shaky leases';
  readonly queues: boolean;
  underWay = 0;
  watches = 0;
  /** What a driver must never see, as sentences. */
  readonly wrongs: string[] = [];
  readonly #leases: MemoryLeases;
  readonly #weather: Weather;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #asking = new Map<string, number>();
  readonly #released = new Set<string>();

  constructor(
    leases: MemoryLeases,
    weather: Weather,
    clock: Clock,
    random: Random,
    queues: boolean,
  ) {
    this.#leases = leases;
    this.#weather = weather;
    this.#clock = clock;
    this.#random = random;
    this.queues = queues;
  }

  async acquire(request: AcquireRequest, { signal }: WaitOptions): Promise<Granted | Busy> {
    const { name, owner } = request;
    const asking = (this.#asking.get(name) ?? 0) + 1;
    this.#asking.set(name, asking);
    if (asking > 1 && !this.queues) this.wrongs.push(`${asking} requests at once for ${name}`);
    if (this.#released.has(owner)) this.wrongs.push(`${owner} asks after its release`);
    if (!this.queues && request.place !== undefined) this.wrongs.push('a place without a line');
    try {
      return await this.#send(() => this.#leases.acquire(request), signal);
    } finally {
      this.#asking.set(name, (this.#asking.get(name) ?? 0) - 1);
    }
  }

  renew(request: LeaseRequest, ttl: number, { signal }: WaitOptions): Promise<boolean> {
    if (this.#released.has(request.owner))
      this.wrongs.push(`${request.owner} renews after its release`);
    return this.#send(() => this.#leases.renew(request, ttl), signal);
  }

  release(request: LeaseRequest, { signal }: WaitOptions): Promise<void> {
    this.#released.add(request.owner);
    return this.#send(() => this.#leases.release(request), signal);
  }

  watch(request: LeaseRequest, wake: () => void): Watch {
    this.watches++;
    const { delay, lostWakes } = this.#weather;
    const tell = () => {
      if (this.#random() < lostWakes) return;
      this.#clock.setTimer(this.#random() * delay, wake, { ref: false });
    };
    const watch = this.#leases.watch(request, tell);
    return {
      hears: watch.hears,
      stop: () => {
        this.watches--;
        watch.stop();
      },
    };
  }

  async close(): Promise<void> {
    if (this.underWay > 0) this.wrongs.push('closed while requests were under way');
  }

  async #send<T>(carryOut: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    this.underWay++;
    try {
      // What was sent goes on when its signal aborts, and may be carried out after what is sent next.
      return await untilAborted(signal, this.#travel(carryOut, signal));
    } finally {
      this.underWay--;
    }
  }

  async #travel<T>(carryOut: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const { delay, lostRequests, lostReplies, slowReplies, hanging } = this.#weather;
    const random = this.#random;
    if (random() < hanging) await this.#clock.sleep('1m', { signal });
    await this.#clock.sleep(random() * delay);
    if (random() < lostRequests) throw this.#fault(random() < 0.5 ? 'not-done' : 'unknown');
    const reply = await carryOut();
    if (random() < lostReplies) throw this.#fault('unknown');
    await this.#clock.sleep(random() * (random() < slowReplies ? 2_000 : delay));
    return reply;
  }

  #fault(outcome: 'not-done' | 'unknown'): ServiceUnavailableError {
    return new ServiceUnavailableError(this.name, outcome);
  }
}
