/**
 * The run gate of all processes and machines that use its name: so many in at once, and one waiting room.
 *
 * Invariant: the server's scripts alone decide who is in and who may wait. Read next: gate-scripts.ts, and
 * leasing.ts in @runafter/lock, how it is waited for.
 * @module
 */
import {
  type GateConcurrency,
  GateFullError,
  GateOptionError,
  type GateOptions,
  gateLimits,
} from '@runafter/admission';
import {
  type Clock,
  type Duration,
  type Gate,
  parseDuration,
  systemClock,
  type WaitOptions,
} from '@runafter/clock';
import { Holding, isName, Leasing, toStoredName } from '@runafter/lock/leasing';
import { gateScripts, NoPlaceError } from './gate-scripts.ts';
import { HeldPermit, type RedisPermit } from './held-permit.ts';
import { assertKeyPrefix, defaultPrefix } from './key-prefix.ts';
import { RedisConnection, type RedisSource } from './redis-connection.ts';
import { forever, leaseConnection, RedisLeases } from './redis-leases.ts';

/** Options of {@link redisRunGate}. Whoever uses a name says the same: each call goes by the figures of who makes it. */
export interface RedisRunGateOptions extends GateOptions {
  /** Which gate it is: text of any length. */
  readonly name: string;
  /**
   * After how long the permits of a process come back that has died. While one is held, it is renewed in a third of
   * this. Default '30s'.
   */
  readonly ttl?: Duration | undefined;
  /**
   * For how long Redis may be out of reach until who waits is told so by a ServiceUnavailableError. Default '30s'.
   */
  readonly patience?: Duration | undefined;
  /**
   * What keys and channels begin with: gate `imports` is kept under `runafter:gate:{imports}`. Up to 200 characters.
   * Default 'runafter:'.
   */
  readonly prefix?: string | undefined;
  /** By which permits are renewed and waits end. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/** How many are in a gate and before it, on all machines. */
export interface RunGateLook {
  readonly running: number;
  /** In the room and outside. */
  readonly waiting: number;
}

/** A {@link Gate} over all processes and machines that use its name. */
export interface RedisRunGate extends Gate, AsyncDisposable {
  /** What its errors call it. */
  readonly name: string;
  /** How many may be in at once, as this process says it. */
  readonly concurrency: GateConcurrency;

  /**
   * Waits for the caller's turn, first come, first served over all machines.
   *
   * @param options.signal - aborting it leaves the line at once, and those behind move up.
   * @throws {GateFullError} `GATE_FULL`, as a rejection, at once: the waiting room is full.
   * @throws {ServiceError} as a rejection, such as `SERVICE_UNAVAILABLE` after the patience is over, or
   *   `SERVICE_CLOSED`.
   */
  enter(options?: WaitOptions): Promise<RedisPermit>;

  /** Goes in if there is room and nobody waits; else undefined. Asks once. Rejects as enter(), but is never full. */
  tryEnter(options?: WaitOptions): Promise<RedisPermit | undefined>;

  /** Counts who is in and who waits, wherever. */
  inspect(options?: WaitOptions): Promise<RunGateLook>;

  /** Lets nobody in any more, gives back what this object has let in, and ends what was opened. */
  close(): Promise<void>;
}

/**
 * Makes a run gate on Redis 7, Valkey, or newer.
 *
 * With concurrency 'off' nobody has to wait, and who is in is counted all the same.
 *
 * @param client - as of {@link redisLock}.
 * @throws {GateOptionError} `GATE_OPTION_INVALID`
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`: the ttl.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * await using gate = redisRunGate('redis://localhost:6379', { name: 'imports', concurrency: 5 });
 * const { finished } = start(importLeads, file, { gate });
 */
export function redisRunGate(client: RedisSource, options: RedisRunGateOptions): RedisRunGate {
  const { name, prefix = defaultPrefix } = options;
  const title = `Redis run gate ${JSON.stringify(name)}`;
  if (!isName(name)) {
    const fix = 'is none. Pass at least one character of well-formed Unicode.';
    throw new GateOptionError(title, 'name', fix);
  }
  assertKeyPrefix(title, prefix);
  return new GateOnRedis(new RedisConnection(title, client, leaseConnection), prefix, options);
}

class GateOnRedis implements RedisRunGate {
  readonly name: string;
  readonly concurrency: GateConcurrency;
  readonly #key: string;
  readonly #patience: number;
  readonly #driver: RedisLeases;
  readonly #leasing: Leasing<Holding>;

  constructor(connection: RedisConnection, prefix: string, options: RedisRunGateOptions) {
    const { clock = systemClock, concurrency = 25, patience = '30s', ttl } = options;
    this.name = connection.name;
    this.concurrency = concurrency;
    this.#key = toStoredName(options.name);
    this.#patience = parseDuration(patience, 'patience');
    const scripts = gateScripts(gateLimits(this.name, options));
    this.#driver = new RedisLeases(connection, { prefix, scripts, clock });
    this.#leasing = new Leasing(
      this.#driver,
      { ttl, clock },
      {
        shared: true,
        waitKind: 'gate',
        hold: (tools, claim) => new Holding(tools, claim),
      },
    );
  }

  async enter({ signal }: WaitOptions = {}): Promise<RedisPermit> {
    const ask = { weight: 1, patience: this.#patience };
    try {
      return new HeldPermit(await this.#leasing.acquire(this.#key, { signal, wait: forever }, ask));
    } catch (error) {
      throw error instanceof NoPlaceError ? new GateFullError(this.name, error.load) : error;
    }
  }

  async tryEnter({ signal }: WaitOptions = {}): Promise<RedisPermit | undefined> {
    const holding = await this.#leasing.tryAcquire(this.#key, { signal }, { weight: 1 });
    return holding && new HeldPermit(holding);
  }

  async inspect(options: WaitOptions = {}): Promise<RunGateLook> {
    const { held, waiting } = await this.#driver.inspect(this.#key, options);
    return { running: held, waiting };
  }

  close(): Promise<void> {
    return this.#leasing.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
