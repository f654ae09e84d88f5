/**
 * Locks and semaphores in memory with one fault of choice: what the suites are tested with. Without a fault
 * they keep every promise.
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
} from '@runafter/lock';

/** What a driver may do wrong. */
export type DriverFault =
  | 'looks in one step and takes in another'
  | 'forgets the token of what nobody has'
  | 'forgets tokens when a connection closes'
  | 'releases whoever holds'
  | 'renews whoever holds'
  | 'gives back to who renews what was taken away'
  | 'never expires'
  | 'expires early'
  | 'does not hold longer when it renews'
  | 'keeps the places of who has left'
  | 'does not tell releases'
  | 'tells nobody that there is more'
  | 'grants the last who came'
  | 'grants whoever asks'
  | 'does not say who holds'
  | 'refuses who holds already'
  | 'releases everything when a connection closes'
  | 'compares names without case'
  | 'compares names without trailing spaces'
  | 'cuts names at 128 characters'
  | 'takes a NUL for the end'
  | 'counts holders in place of weights'
  | 'takes the limit of who came first';

interface Holder {
  readonly token: bigint;
  readonly weight: number;
  expiresAt: number;
}

interface Name {
  readonly holders: Map<string, Holder>;
  readonly line: Map<string, number>;
  readonly watchers: Map<string, () => void>;
}

/** What all connections share. */
export class PlantedPlace {
  readonly names = new Map<string, Name>();
  readonly tokens = new Map<string, bigint>();
  permits: number | undefined;

  break(name: string): void {
    this.names.get(name)?.holders.clear();
  }
}

export class PlantedLeases implements LeaseDriver {
  readonly name = 'Planted locks';
  readonly queues = true;
  readonly #place: PlantedPlace;
  readonly #permits: number;
  readonly #clock: Clock;
  readonly #fault: DriverFault | undefined;

  constructor(place: PlantedPlace, permits: number, clock: Clock, fault: DriverFault | undefined) {
    place.permits ??= permits;
    this.#place = place;
    this.#permits = fault === 'takes the limit of who came first' ? place.permits : permits;
    this.#clock = clock;
    this.#fault = fault;
  }

  async acquire(request: AcquireRequest): Promise<Granted | Busy> {
    const { owner, ttl, weight, place } = request;
    const { holders, line } = this.#find(request);
    const held = holders.get(owner);
    if (held !== undefined && this.#fault !== 'refuses who holds already') {
      held.expiresAt = this.#clock.monotonic() + ttl;
      return { granted: true, token: held.token };
    }
    if (place !== undefined) line.set(owner, this.#clock.monotonic() + place);
    if (!this.#isNext(line, owner) || this.#used(holders) + weight > this.#permits) {
      const [heldBy] = this.#fault === 'does not say who holds' ? [] : holders.keys();
      return { granted: false, heldBy, freeIn: this.#freeIn(holders, line, owner) };
    }
    if (this.#fault === 'looks in one step and takes in another') await this.#clock.sleep(1);
    const token = this.#nextToken(request.name);
    const time = this.#fault === 'expires early' ? ttl / 2 : ttl;
    holders.set(owner, { token, weight, expiresAt: this.#clock.monotonic() + time });
    line.delete(owner);
    if (this.#fault !== 'tells nobody that there is more') this.#wakeNext(request);
    return { granted: true, token };
  }

  async renew(request: LeaseRequest, ttl: number): Promise<boolean> {
    const { holders } = this.#find(request);
    const expiresAt = this.#clock.monotonic() + ttl;
    let held = holders.get(request.owner);
    if (this.#fault === 'renews whoever holds') held ??= [...holders.values()][0];
    if (held === undefined) {
      if (this.#fault !== 'gives back to who renews what was taken away') return false;
      held = { token: this.#nextToken(request.name), weight: 1, expiresAt };
      holders.set(request.owner, held);
    }
    if (this.#fault !== 'does not hold longer when it renews') held.expiresAt = expiresAt;
    return true;
  }

  async release(request: LeaseRequest): Promise<void> {
    const { holders, line } = this.#find(request);
    if (this.#fault === 'releases whoever holds') holders.clear();
    holders.delete(request.owner);
    if (this.#fault !== 'keeps the places of who has left') line.delete(request.owner);
    if (this.#fault === 'forgets the token of what nobody has') {
      this.#place.tokens.delete(this.#stored(request.name));
    }
    if (this.#fault !== 'does not tell releases') this.#wakeNext(request);
  }

  watch(request: LeaseRequest, wake: () => void): Watch {
    const { watchers } = this.#find(request);
    watchers.set(request.owner, wake);
    return { hears: true, stop: () => watchers.delete(request.owner) };
  }

  async close(): Promise<void> {
    if (this.#fault === 'forgets tokens when a connection closes') this.#place.tokens.clear();
    if (this.#fault !== 'releases everything when a connection closes') return;
    for (const { holders } of this.#place.names.values()) holders.clear();
  }

  /** What there is of a name, without what has expired. */
  #find({ name }: LeaseRequest): Name {
    const { names } = this.#place;
    const stored = this.#stored(name);
    const found = names.get(stored) ?? {
      holders: new Map(),
      line: new Map(),
      watchers: new Map(),
    };
    names.set(stored, found);
    const now = this.#clock.monotonic();
    for (const [owner, until] of found.line) if (until <= now) found.line.delete(owner);
    if (this.#fault === 'never expires') return found;
    for (const [owner, { expiresAt }] of found.holders) {
      if (expiresAt <= now) found.holders.delete(owner);
    }
    return found;
  }

  #isNext(line: Name['line'], owner: string): boolean {
    if (this.#fault === 'grants whoever asks') return true;
    const owners = [...line.keys()];
    const next = this.#fault === 'grants the last who came' ? owners.at(-1) : owners[0];
    return next === undefined || next === owner;
  }

  #used(holders: Name['holders']): number {
    if (this.#fault === 'counts holders in place of weights') return holders.size;
    return [...holders.values()].reduce((sum, { weight }) => sum + weight, 0);
  }

  #freeIn(holders: Name['holders'], line: Name['line'], owner: string): number | undefined {
    if (!this.#isNext(line, owner) || holders.size === 0) return undefined;
    const times = [...holders.values()].map(({ expiresAt }) => expiresAt);
    return Math.min(...times) - this.#clock.monotonic();
  }

  #nextToken(name: string): bigint {
    const { tokens } = this.#place;
    const token = (tokens.get(this.#stored(name)) ?? 0n) + 1n;
    tokens.set(this.#stored(name), token);
    return token;
  }

  #wakeNext(request: LeaseRequest): void {
    const { line, watchers } = this.#find(request);
    for (const [owner, wake] of watchers) if (this.#isNext(line, owner)) wake();
  }

  #stored(name: string): string {
    switch (this.#fault) {
      case 'compares names without case':
        return name.toLowerCase();
      case 'compares names without trailing spaces':
        return name.trimEnd();
      case 'cuts names at 128 characters':
        return name.slice(0, 128);
      case 'takes a NUL for the end':
        return name.split('\u0000')[0] ?? '';
      default:
        return name;
    }
  }
}
