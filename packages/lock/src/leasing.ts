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
  traceWait,
  untilAborted,
} from '@runafter/clock';
import { ServiceClosedError, ServiceUnavailableError } from '@runafter/errors';
import { Acquisition, type AcquisitionTools } from './acquisition.ts';
import type { Grant } from './holding.ts';
import type { Granted, LeaseDriver } from './lease-driver.ts';
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

/** How one kind of leasing differs from another. */
export interface LeasingRules<H extends Grant, G extends Granted>
  extends Pick<AcquisitionTools<H, G>, 'hold' | 'waitKind'> {
  /** Several may have a name at a time. */
  readonly shared: boolean;
}

/** What is asked for beside the name. */
export interface Ask {
  /** How many permits; 1 where there are none. */
  readonly weight: number;
  /** An owner that gets the same again, and has it until it is released: no ttl. Default: a new one, with a ttl. */
  readonly owner?: string;
  /**
   * For how many milliseconds requests may fail in a row, in ways that may pass, until the call fails as the last of
   * them. Default: for as long as it waits.
   */
  readonly patience?: number;
}

/** A call, from its beginning until nothing is left of it: neither a request, nor what it was granted. */
interface Call<H extends Grant, G extends Granted> {
  readonly acquisition: Acquisition<H, G>;
  readonly stop: Stop;
  turn: Turn | undefined;
  holding: H | undefined;
}

export class Leasing<H extends Grant, G extends Granted = Granted> {
  readonly clock: Clock;
  /** How long calls wait that say nothing else, in milliseconds. */
  readonly wait: number;
  readonly #driver: LeaseDriver<G>;
  readonly #ttl: number;
  readonly #poll: number;
  readonly #holder: string;
  readonly #tools: AcquisitionTools<H, G>;
  readonly #shared: boolean;
  readonly #turns: LocalTurns | undefined;
  /** Of calls for the same owner. */
  readonly #turnsOfOwners = new LocalTurns();
  readonly #calls = new Set<Call<H, G>>();
  #whenIdle: () => void = ignore;
  #closing: Promise<void> | undefined;

  /** @throws {LockOptionError} `LOCK_OPTION_INVALID` */
  constructor(
    driver: LeaseDriver<G>,
    options: LeasingOptions,
    { hold, shared, waitKind }: LeasingRules<H, G>,
  ) {
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
    this.#shared = shared;
    this.#turns = driver.queues ? undefined : new LocalTurns();
    this.#tools = {
      ...{ driver, clock, random, hold, waitKind },
      contended: false,
      trouble: undefined,
      underWay: new Set(),
    };
  }

  async acquire(name: string, options: AcquireOptions, ask: Ask): Promise<H> {
    const wait = options.wait === undefined ? this.wait : parseDuration(options.wait, 'wait');
    const call = this.#begin(name, options, ask);
    const holding = await this.#finish(call, name, wait, options.signal);
    if (holding === undefined) throw call.acquisition.timeOut(this.#localHolder(name));
    return holding;
  }

  async tryAcquire(name: string, options: TryAcquireOptions, ask: Ask): Promise<H | undefined> {
    return await this.#finish(this.#begin(name, options, ask), name, 0, options.signal);
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
  #begin(name: string, options: TryAcquireOptions, { weight, owner, patience }: Ask): Call<H, G> {
    options.signal?.throwIfAborted();
    const { name: service } = this.#driver;
    if (this.#closing !== undefined) throw new ServiceClosedError(service);
    assertLockName(service, name);
    const acquisition = new Acquisition(this.#tools, {
      givenName: name,
      name: toStoredName(name),
      ttl: owner === undefined ? this.#ttlOf(options) : Number.POSITIVE_INFINITY,
      weight,
      poll: this.#poll,
      holder: this.#holder,
      owner,
      patience,
    });
    const call: Call<H, G> = {
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
    call: Call<H, G>,
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
      const holding = await this.#untilGranted(call, name, wait);
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

  async #untilGranted(call: Call<H, G>, name: string, wait: number): Promise<H | undefined> {
    const { acquisition, stop } = call;
    if (this.#turns !== undefined) {
      if (this.#shared) return await stop.race(this.#untilShared(this.#turns, call, name, wait));
      const turn =
        wait === 0 ? this.#turns.tryTake(name) : this.#turn(this.#turns, name, stop.signal);
      call.turn = await turn;
      if (call.turn === undefined) return undefined;
      stop.signal.throwIfAborted();
    }
    return await stop.race(
      wait === 0 ? acquisition.try(stop.signal) : acquisition.wait(stop.signal),
    );
  }

  /**
   * Here the turn is to wait: who finds something at once needs none. While somebody waits, only an owner asks before
   * its turn that may have something already.
   */
  async #untilShared(
    turns: LocalTurns,
    { acquisition, stop: { signal } }: Call<H, G>,
    name: string,
    wait: number,
  ): Promise<H | undefined> {
    const mayAsk = acquisition.owner !== undefined || !turns.isTaken(name);
    if (wait === 0) return mayAsk ? await acquisition.try(signal) : undefined;
    const atOnce = mayAsk ? await acquisition.tryPatiently(signal) : undefined;
    if (atOnce !== undefined) return atOnce;
    const { owner } = acquisition;
    if (owner === undefined) return await this.#inTurn(turns, acquisition, name, signal);
    // One call of an owner stands in the line: what it is granted, the others are granted then.
    const line = JSON.stringify([name, owner]);
    const wasTaken = this.#turnsOfOwners.isTaken(line);
    const pass = await this.#turnsOfOwners.take(line, signal);
    try {
      const now = wasTaken && (await untilAborted(signal, acquisition.tryPatiently(signal)));
      return now || (await this.#inTurn(turns, acquisition, name, signal));
    } finally {
      pass();
    }
  }

  async #inTurn(
    turns: LocalTurns,
    acquisition: Acquisition<H, G>,
    name: string,
    signal: AbortSignal,
  ): Promise<H> {
    const pass = await this.#turn(turns, name, signal);
    try {
      signal.throwIfAborted();
      // Who leaves in the middle of a request passes the turn on at once: others may ask meanwhile.
      return await untilAborted(signal, acquisition.wait(signal));
    } finally {
      pass();
    }
  }

  /** Waits behind others of this process, if there are any. */
  #turn(turns: LocalTurns, name: string, signal: AbortSignal): Promise<Turn> {
    const kind = turns.isTaken(name) ? this.#tools.waitKind : undefined;
    return traceWait(kind, name, () => turns.take(name, signal));
  }

  #ttlOf({ ttl }: TryAcquireOptions): number {
    if (ttl === undefined) return this.#ttl;
    return toTtl(this.#driver.name, ttl, this.#driver.ttlBounds);
  }

  /** Who has a name in this process, where it is asked for by one at a time. */
  #localHolder(name: string): string | undefined {
    if (this.#turns === undefined) return undefined;
    for (const { holding } of this.#calls) if (holding?.name === name) return holding.owner;
    return undefined;
  }

  /** The turn of this process, and the place among the calls, last until nothing is left. */
  #endInTime(call: Call<H, G>): void {
    const { acquisition, holding } = call;
    if (holding !== undefined) holding.whenGivenBack(() => this.#end(call));
    else if (acquisition.mayRemain) void acquisition.abandon().then(() => this.#end(call));
    else this.#end(call);
  }

  #end(call: Call<H, G>): void {
    this.#calls.delete(call);
    call.turn?.();
    if (this.#calls.size === 0) this.#whenIdle();
  }
}

function thisProcess(): string {
  return `${hostname().slice(0, 100)}:${process.pid}`;
}

function ignore(): void {}
