/**
 * The algorithm of locks and semaphores, on any driver: who may ask, for how long, and what becomes of all
 * that when it ends.
 *
 * Invariant: every call ends at once when its signal aborts, its time is over, or the lock is closed; what it
 * may have left at the backend is taken back in the background, which close() waits for.
 * Read next: acquisition.ts, one call; holding.ts, what it gives; giving-back.ts.
 * @module
 */
import { hostname } from 'node:os';
import {
  type Clock,
  type Duration,
  parseDuration,
  type Random,
  systemClock,
} from '@runafter/clock';
import { ServiceClosedError, ServiceUnavailableError } from '@runafter/errors';
import { Acquisition, type AcquisitionTools } from './acquisition.ts';
import type { Holding } from './holding.ts';
import type { LeaseDriver } from './lease-driver.ts';
import { LocalTurns, type Turn } from './local-turns.ts';
import { LockOptionError } from './lock-errors.ts';
import type { AcquireOptions, TryAcquireOptions } from './lock-port.ts';
import { assertHolder, assertLockName, toStoredName, toTtl } from './lock-rules.ts';
import { Stop } from './stop.ts';

/** What locks and semaphores on every backend can be told; a driver adds its own. */
export interface LeasingOptions {
  /** For calls that say none. Default '30s'. */
  readonly ttl?: Duration | undefined;
  /** For calls that say none. Default '30s'. */
  readonly wait?: Duration | undefined;
  /**
   * The longest time between two requests of who waits. Where the backend tells releases, these requests only
   * heal what was not told; elsewhere a shorter time notices a release sooner and costs more requests.
   * Default '1s'.
   */
  readonly poll?: Duration | undefined;
  /**
   * Who this is, for the errors of others: what the owners of its leases begin with. Default: the machine's
   * name and the process's number, such as `web-1:4711`.
   */
  readonly holder?: string | undefined;
  /** By which waits end and leases are counted. Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Where the jitter of the waits comes from. Default `Math.random`. */
  readonly random?: Random | undefined;
}

/** In milliseconds: a service that has not answered who asks once within this time is not there. */
const longestTry = 10_000;

/** A call, from its beginning until nothing is left of it: neither a request, nor what it was granted. */
interface Call<H extends Holding> {
  readonly acquisition: Acquisition<H>;
  readonly stop: Stop;
  turn: Turn | undefined;
  holding: H | undefined;
}

export class Leasing<H extends Holding> {
  readonly clock: Clock;
  /** How long calls wait that say nothing else, in milliseconds. */
  readonly wait: number;
  readonly #driver: LeaseDriver;
  readonly #ttl: number;
  readonly #poll: number;
  readonly #holder: string;
  readonly #tools: AcquisitionTools<H>;
  readonly #turns: LocalTurns | undefined;
  readonly #calls = new Set<Call<H>>();
  #whenIdle: () => void = ignore;
  #closing: Promise<void> | undefined;

  /** @throws {LockOptionError} `LOCK_OPTION_INVALID` */
  constructor(driver: LeaseDriver, options: LeasingOptions, hold: AcquisitionTools<H>['hold']) {
    const { clock = systemClock, random, ttl = '30s', holder = thisProcess() } = options;
    assertHolder(driver.name, holder);
    this.#driver = driver;
    this.clock = clock;
    this.#ttl = toTtl(driver.name, ttl, driver.ttlBounds);
    this.wait = parseDuration(options.wait ?? '30s', 'wait');
    this.#poll = parseDuration(options.poll ?? '1s', 'poll');
    if (this.#poll < 1) {
      const fix = `is ${this.#poll} ms. Pass at least 1 ms.`;
      throw new LockOptionError(driver.name, 'poll', fix);
    }
    this.#holder = holder;
    this.#turns = driver.queues ? undefined : new LocalTurns();
    this.#tools = { driver, clock, random, hold, contended: false, trouble: undefined };
  }

  async acquire(name: string, options: AcquireOptions, weight: number): Promise<H> {
    const wait = options.wait === undefined ? this.wait : parseDuration(options.wait, 'wait');
    const call = this.#begin(name, options, weight);
    const holding = await this.#finish(call, name, wait, options.signal);
    if (holding === undefined) throw call.acquisition.timeOut(this.#localHolder(name));
    return holding;
  }

  async tryAcquire(
    name: string,
    options: TryAcquireOptions,
    weight: number,
  ): Promise<H | undefined> {
    return await this.#finish(this.#begin(name, options, weight), name, 0, options.signal);
  }

  close(): Promise<void> {
    // Not at once: what is told of it, such as a lease's signal, shall find the lock closed already.
    this.#closing ??= Promise.resolve().then(() => this.#close());
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const { stop, holding } of [...this.#calls]) {
      if (holding === undefined) stop.abort(new ServiceClosedError(this.#driver.name));
      else holding.release().catch(ignore);
    }
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
      if (this.#calls.size === 0) resolve();
    });
    await this.#driver.close();
  }

  /** @throws for whatever cannot be asked for. */
  #begin(name: string, options: TryAcquireOptions, weight: number): Call<H> {
    options.signal?.throwIfAborted();
    const { name: service, ttlBounds } = this.#driver;
    if (this.#closing !== undefined) throw new ServiceClosedError(service);
    assertLockName(service, name);
    const acquisition = new Acquisition(this.#tools, {
      givenName: name,
      name: toStoredName(name),
      ttl: options.ttl === undefined ? this.#ttl : toTtl(service, options.ttl, ttlBounds),
      weight,
      poll: this.#poll,
      holder: this.#holder,
    });
    const call: Call<H> = {
      acquisition,
      stop: new Stop(),
      turn: undefined,
      holding: undefined,
    };
    this.#calls.add(call);
    return call;
  }

  /** Hands over what is granted; what is not handed over is taken back in the background. */
  async #finish(
    call: Call<H>,
    name: string,
    wait: number,
    signal: AbortSignal | undefined,
  ): Promise<H | undefined> {
    const { acquisition, stop } = call;
    const abort = () => stop.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const timeOut = () =>
      stop.abort(
        wait === 0
          ? new ServiceUnavailableError(this.#driver.name, 'unknown')
          : acquisition.timeOut(this.#localHolder(name)),
      );
    const cancelTimer = this.clock.setTimer(wait === 0 ? longestTry : wait, timeOut);
    try {
      if (this.#turns !== undefined) {
        const turn = wait === 0 ? this.#turns.tryTake(name) : this.#turns.take(name, stop.signal);
        call.turn = await turn;
        if (call.turn === undefined) return undefined;
        stop.signal.throwIfAborted();
      }
      const granting = wait === 0 ? acquisition.try(stop.signal) : acquisition.wait(stop.signal);
      const holding = await stop.race(granting);
      // What comes together with the abort is not for the caller any more.
      stop.signal.throwIfAborted();
      call.holding = holding;
      return holding;
    } finally {
      cancelTimer();
      signal?.removeEventListener('abort', abort);
      this.#endInTime(call);
    }
  }

  /** Who has a name in this process, where it is asked for by one at a time. */
  #localHolder(name: string): string | undefined {
    if (this.#turns === undefined) return undefined;
    for (const { holding } of this.#calls) if (holding?.name === name) return holding.owner;
    return undefined;
  }

  /** The turn of this process, and the place among the calls, last until nothing is left. */
  #endInTime(call: Call<H>): void {
    const { acquisition, holding } = call;
    if (holding !== undefined) holding.whenGivenBack(() => this.#end(call));
    else if (acquisition.mayRemain) void acquisition.abandon().then(() => this.#end(call));
    else this.#end(call);
  }

  #end(call: Call<H>): void {
    this.#calls.delete(call);
    call.turn?.();
    if (this.#calls.size === 0) this.#whenIdle();
  }
}

function thisProcess(): string {
  return `${hostname().slice(0, 100)}:${process.pid}`;
}

function ignore(): void {}
