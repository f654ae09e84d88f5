/**
 * Locks and semaphores in this process's memory, as a driver: holders and waiters by name.
 *
 * Every call does its work before it returns its promise: that alone makes it one atomic step. Times are
 * counted on the clock's `monotonic()`, for all who use this object have the same clock.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type {
  AcquireRequest,
  Busy,
  Granted,
  LeaseDriver,
  LeaseRequest,
  Watch,
} from './lease-driver.ts';

interface Holder {
  readonly token: bigint;
  readonly weight: number;
  expiresAt: number;
}

interface Name {
  readonly holders: Map<string, Holder>;
  /** When the place of each is lost, in the order of their coming. */
  readonly line: Map<string, number>;
  /** Whom to wake. They need not have a place yet. */
  readonly watchers: Map<string, () => void>;
}

export class MemoryLeases implements LeaseDriver {
  readonly name: string;
  readonly queues = true;
  readonly #permits: number;
  readonly #clock: Clock;
  readonly #names = new Map<string, Name>();
  /** One for all names: tokens grow although a name that nobody uses is forgotten. */
  #lastToken = 0n;

  constructor(name: string, permits: number, clock: Clock) {
    this.name = name;
    this.#permits = permits;
    this.#clock = clock;
  }

  async acquire({ name, owner, ttl, weight, place }: AcquireRequest): Promise<Granted | Busy> {
    const { holders, line } = this.#live(name);
    const now = this.#clock.monotonic();
    const expiresAt = now + ttl;
    const held = holders.get(owner);
    if (held !== undefined) {
      held.expiresAt = expiresAt;
      return { granted: true, token: held.token };
    }
    if (place !== undefined) line.set(owner, now + place);
    const [first = owner] = line.keys();
    if (first === owner && weightOf(holders) + weight <= this.#permits) {
      const token = ++this.#lastToken;
      holders.set(owner, { token, weight, expiresAt });
      line.delete(owner);
      this.#wakeFirst(name);
      return { granted: true, token };
    }
    const [heldBy] = holders.keys();
    this.#forget(name);
    return { granted: false, heldBy, freeIn: freeIn(holders, first === owner, now) };
  }

  async renew({ name, owner }: LeaseRequest, ttl: number): Promise<boolean> {
    const held = this.#live(name).holders.get(owner);
    this.#forget(name);
    if (held === undefined) return false;
    held.expiresAt = this.#clock.monotonic() + ttl;
    return true;
  }

  async release({ name, owner }: LeaseRequest): Promise<void> {
    const { holders, line } = this.#live(name);
    holders.delete(owner);
    line.delete(owner);
    this.#wakeFirst(name);
    this.#forget(name);
  }

  watch({ name, owner }: LeaseRequest, wake: () => void): Watch {
    const { watchers } = this.#live(name);
    watchers.set(owner, wake);
    const stop = () => {
      if (watchers.get(owner) === wake) watchers.delete(owner);
      this.#forget(name);
    };
    return { hears: true, stop };
  }

  async close(): Promise<void> {}

  /** Takes the name away from its holder, as an operator of a server could. */
  break(name: string): void {
    this.#live(name).holders.clear();
    this.#wakeFirst(name);
    this.#forget(name);
  }

  /** What there is of a name, without what has expired. */
  #live(name: string): Name {
    const found = this.#names.get(name) ?? {
      holders: new Map(),
      line: new Map(),
      watchers: new Map(),
    };
    this.#names.set(name, found);
    const now = this.#clock.monotonic();
    for (const [owner, { expiresAt }] of found.holders) {
      if (expiresAt <= now) found.holders.delete(owner);
    }
    for (const [owner, until] of found.line) if (until <= now) found.line.delete(owner);
    return found;
  }

  #wakeFirst(name: string): void {
    const found = this.#names.get(name);
    const [first] = found?.line.keys() ?? [];
    if (first !== undefined) found?.watchers.get(first)?.();
  }

  #forget(name: string): void {
    const found = this.#names.get(name);
    if (found?.holders.size === 0 && found.line.size === 0 && found.watchers.size === 0) {
      this.#names.delete(name);
    }
  }
}

function weightOf(holders: ReadonlyMap<string, Holder>): number {
  let sum = 0;
  for (const { weight } of holders.values()) sum += weight;
  return sum;
}

/** Only who is next asks when something expires; the others are told, or poll. */
function freeIn(
  holders: ReadonlyMap<string, Holder>,
  isNext: boolean,
  now: number,
): number | undefined {
  if (!isNext || holders.size === 0) return undefined;
  let earliest = Number.POSITIVE_INFINITY;
  for (const { expiresAt } of holders.values()) earliest = Math.min(earliest, expiresAt - now);
  return earliest;
}
