/**
 * What all connections to a planted gate share: who is in, and who waits.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { GateConnectOptions, GateLook } from '@runafter/clock/conformance';
import { RunafterError } from '@runafter/errors';
import type { GateFault } from './planted-faults.ts';

/** A request of a caller. */
export interface GateRequest extends GateConnectOptions {
  readonly how: 'waits' | 'tries';
}

export class PlantedGateService {
  isClosed = false;
  /** Callers, and when they expire. */
  readonly #inside = new Map<string, number>();
  #line = new Map<string, number>();
  /** Those who have left: a request of theirs may still be on its way. */
  readonly #gone = new Set<string>();
  readonly #clock: Clock;
  readonly #fault: GateFault | undefined;
  #ttl = 1_000;

  constructor(clock: Clock, fault: GateFault | undefined) {
    this.#clock = clock;
    this.#fault = fault;
  }

  look(): GateLook {
    this.#expire();
    return { running: this.#inside.size, waiting: this.#line.size };
  }

  /** Whether the caller is in, waits, or is refused. May be asked any number of times. */
  async ask(caller: string, request: GateRequest): Promise<'in' | 'waits' | 'full'> {
    const fault = this.#fault;
    const { how, ttl = 1_000 } = request;
    this.#ttl = ttl;
    this.#expire();
    if (this.isClosed) throw new RunafterError('SERVICE_CLOSED', 'Closed.');
    if (this.#gone.has(caller)) return 'full';
    const isAgain = this.#inside.has(caller) || this.#line.has(caller);
    if (this.#inside.has(caller)) {
      if (fault !== 'counts a request twice that is sent twice') return 'in';
      this.#inside.set(`${caller} again`, Number.POSITIVE_INFINITY);
    }
    if (this.#isNext(caller, request)) {
      if (fault === 'looks in one step and takes in another') await this.#clock.sleep(1);
      this.#inside.set(caller, this.#clock.monotonic() + ttl);
      if (fault !== 'keeps the place in the room of who was let in') this.#line.delete(caller);
      return 'in';
    }
    if (how === 'tries') {
      if (fault === 'lets who tries stand in the line') this.#line.set(caller, this.#expiry());
      return fault === 'refuses who only tries' && this.#isFull(request) ? 'full' : 'waits';
    }
    if (!isAgain && this.#isFull(request)) return 'full';
    if (!isAgain && fault === 'counts the room in one step and takes a place in another') {
      await this.#clock.sleep(1);
    }
    if (!this.#line.has(caller)) this.#join(caller, request);
    return 'waits';
  }

  hear(caller: string): void {
    for (const callers of [this.#inside, this.#line]) {
      if (callers.has(caller)) callers.set(caller, this.#expiry());
    }
  }

  leave(caller: string): void {
    this.#gone.add(caller);
    const wasInside = this.#inside.delete(caller);
    const [somebody] = this.#inside.keys();
    const isTooMuch =
      this.#fault === 'takes whoever is in for who has left' ||
      this.#fault === 'gives a permit back at each release';
    if (isTooMuch && !wasInside && !this.#line.has(caller) && somebody !== undefined) {
      this.#inside.delete(somebody);
    }
    if (this.#fault !== 'keeps the place in the room of who has left') this.#line.delete(caller);
  }

  sendAway(): void {
    for (const caller of this.#line.keys()) this.#gone.add(caller);
    this.#line.clear();
  }

  #isNext(caller: string, { concurrency, how }: GateRequest): boolean {
    const fault = this.#fault;
    const bound = fault === 'has at most 100 places' ? Math.min(100, concurrency) : concurrency;
    if (fault === 'lets one more in than may be') return this.#inside.size <= bound;
    if (fault === 'lets nobody in before all are out' && this.#line.size > 0) {
      if (this.#inside.size > 0) return false;
    }
    if (this.#inside.size >= bound) return false;
    if (fault === 'lets who tries go first' && how === 'tries') return true;
    if (fault === 'lets who comes go first' && !this.#line.has(caller)) return true;
    if (how === 'tries') return this.#line.size === 0;
    const callers = [...this.#line.keys()];
    const free = bound - this.#inside.size;
    const next =
      fault === 'serves the last one first' ? callers.slice(-free) : callers.slice(0, free);
    return next.includes(caller) || callers.length < free;
  }

  #isFull({ waiting, whenFull }: GateRequest): boolean {
    if (whenFull === 'wait') {
      return this.#fault === 'refuses in spite of an outside' && this.#line.size >= waiting;
    }
    if (this.#fault === 'refuses nobody') return false;
    const places = this.#fault === 'has a place for one at least' ? Math.max(1, waiting) : waiting;
    return this.#line.size >= places;
  }

  /** Stands at the end. */
  #join(caller: string, { waiting }: GateRequest): void {
    const isOutside = this.#line.size >= waiting;
    this.#line.set(caller, this.#expiry());
    if (this.#fault !== 'has no order outside' || !isOutside) return;
    const callers = [...this.#line];
    const inRoom = callers.slice(0, waiting);
    this.#line = new Map([...inRoom, ...callers.slice(waiting).reverse()]);
  }

  #expiry(): number {
    return this.#clock.monotonic() + this.#ttl;
  }

  #expire(): void {
    if (this.#fault === 'never gives up who is not heard of') return;
    const now = this.#clock.monotonic();
    for (const callers of [this.#inside, this.#line]) {
      for (const [caller, until] of callers) if (until <= now) callers.delete(caller);
    }
  }
}
