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
  untilAborted,
} from '@runafter/clock';
import { ServiceClosedError } from '@runafter/errors';
import { Acquisition, type AcquisitionTools } from './acquisition.ts';
import type { Claim, Holding } from './holding.ts';
import type { LeaseDriver } from './lease-driver.ts';
import { LocalTurns } from './local-turns.ts';
import { LockOptionError, LockTimeoutError } from './lock-errors.ts';
import type { AcquireOptions, TryAcquireOptions } from './lock-port.ts';
import { assertHolder, assertLockName, toStoredName, toTtl } from './lock-rules.ts';

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

export class Leasing<H extends Holding> {
  readonly clock: Clock;
  /** How long calls wait that say nothing else, in milliseconds. */
  readonly wait: number;
  readonly #driver: LeaseDriver;
  readonly #ttl: Duration;
  readonly #poll: number;
  readonly #holder: string;
  readonly #tools: AcquisitionTools<H>;
  readonly #turns: LocalTurns | undefined;
  readonly #held = new Set<H>();
  readonly #waiting = new Set<AbortController>();
  readonly #background = new Set<Promise<void>>();
  #closing: Promise<void> | undefined;

  /** @throws {LockOptionError} `LOCK_OPTION_INVALID` */
  constructor(
    driver: LeaseDriver,
    options: LeasingOptions,
    hold: (tools: AcquisitionTools<H>, claim: Claim) => Promise<H>,
  ) {
    const { clock = systemClock, random, ttl = '30s', holder = thisProcess() } = options;
    assertHolder(driver.name, holder);
    toTtl(driver.name, ttl, driver.ttlBounds);
    this.#driver = driver;
    this.clock = clock;
    this.#ttl = ttl;
    this.wait = parseDuration(options.wait ?? '30s', 'wait');
    this.#poll = parseDuration(options.poll ?? '1s', 'poll');
    if (this.#poll < 1) throw new LockOptionError(driver.name, 'poll', 'is 0. Pass at least 1 ms.');
    this.#holder = holder;
    this.#turns = driver.queues ? undefined : new LocalTurns();
    const tools: AcquisitionTools<H> = {
      ...{ driver, clock, random, contended: false },
      hold: (claim) => hold(tools, claim),
    };
    this.#tools = tools;
  }

  async acquire(name: string, options: AcquireOptions, weight: number): Promise<H> {
    const wait = options.wait === undefined ? this.wait : parseDuration(options.wait, 'wait');
    const acquisition = this.#acquisition(name, options, weight);
    const since = this.clock.monotonic();
    const timeOut = () => {
      const waited = this.clock.monotonic() - since;
      const { heldBy, failure: cause } = acquisition;
      return new LockTimeoutError(this.#driver.name, name, waited, heldBy, { cause });
    };
    if (wait === 0) {
      const holding = await this.#try(acquisition, name, options);
      if (holding === undefined) throw timeOut();
      return holding;
    }
    return await this.#untilStopped(options.signal, async (stop) => {
      const cancelTimer = this.clock.setTimer(wait, () => stop.abort(timeOut()));
      try {
        const turn = await this.#turns?.take(toStoredName(name), stop.signal);
        return await this.#handOver(acquisition, turn, stop.signal, acquisition.wait(stop.signal));
      } finally {
        cancelTimer();
      }
    });
  }

  async tryAcquire(
    name: string,
    options: TryAcquireOptions,
    weight: number,
  ): Promise<H | undefined> {
    return await this.#try(this.#acquisition(name, options, weight), name, options);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const stop of this.#waiting) stop.abort(new ServiceClosedError(this.#driver.name));
    await Promise.allSettled([...this.#held].map((holding) => holding.release()));
    while (this.#background.size > 0) await Promise.all(this.#background);
    await this.#driver.close();
  }

  /** @throws for whatever cannot be asked for. */
  #acquisition(name: string, options: TryAcquireOptions, weight: number): Acquisition<H> {
    options.signal?.throwIfAborted();
    if (this.#closing !== undefined) throw new ServiceClosedError(this.#driver.name);
    assertLockName(this.#driver.name, name);
    const wish = {
      givenName: name,
      name: toStoredName(name),
      ttl: toTtl(this.#driver.name, options.ttl ?? this.#ttl, this.#driver.ttlBounds),
      ...{ weight, poll: this.#poll, holder: this.#holder },
    };
    return new Acquisition(this.#tools, wish);
  }

  async #try(
    acquisition: Acquisition<H>,
    name: string,
    { signal }: TryAcquireOptions,
  ): Promise<H | undefined> {
    const turn = this.#turns?.tryTake(toStoredName(name));
    if (turn === undefined && this.#turns !== undefined) return undefined;
    return await this.#untilStopped(signal, async (stop) =>
      this.#handOver(acquisition, await turn, stop.signal, acquisition.try(stop.signal)),
    );
  }

  /** Does work that stops with the caller's signal and with the lock. */
  async #untilStopped<R>(
    signal: AbortSignal | undefined,
    work: (stop: AbortController) => Promise<R>,
  ): Promise<R> {
    const stop = new AbortController();
    const abort = () => stop.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    this.#waiting.add(stop);
    const working = work(stop);
    this.#inBackground(working);
    try {
      return await working;
    } finally {
      this.#waiting.delete(stop);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Hands over what is granted, or leaves nothing behind; the turn of this process lasts until then. */
  async #handOver<R extends H | undefined>(
    acquisition: Acquisition<H>,
    turn: Disposable | undefined,
    signal: AbortSignal,
    granting: Promise<R>,
  ): Promise<R> {
    let holding: R | undefined;
    try {
      holding = await untilAborted(signal, granting);
      return holding;
    } finally {
      const end = holding === undefined ? acquisition.abandon() : this.#keep(holding);
      this.#inBackground(end.then(() => turn?.[Symbol.dispose]()));
    }
  }

  /** Until it has ended. */
  async #keep(holding: H): Promise<void> {
    this.#held.add(holding);
    await holding.ended;
    this.#held.delete(holding);
  }

  #inBackground(work: Promise<unknown>): void {
    const settled = work.then(ignore, ignore).finally(() => this.#background.delete(settled));
    this.#background.add(settled);
  }
}

function thisProcess(): string {
  return `${hostname().slice(0, 100)}:${process.pid}`;
}

function ignore(): void {}
