/**
 * A store of pools in memory that does one thing wrong, on request.
 * @module
 */
import type {
  AddRequest,
  ClaimantRequest,
  Claimed,
  ClaimRequest,
  PoolStore,
  ReleaseRequest,
  ResourceState,
  Retired,
} from '@runafter/claim';
import type { Clock } from '@runafter/clock';
import type { Busy, Watch } from '@runafter/lock';
import type { PoolFault } from './planted-faults.ts';

interface Planted {
  readonly id: string;
  value: string;
  token: bigint;
  withdrawn: boolean;
  owner: string | undefined;
  claimedAt: number;
  expiresAt: number;
}

interface PlantedPool {
  resources: Planted[];
  readonly line: Map<string, number>;
  readonly watchers: Set<() => void>;
}

/** What all stores share. */
export class PlantedPlace {
  readonly pools = new Map<string, PlantedPool>();
  /** Of one pool, unless the fault is to mix them up. */
  readonly retired = new Map<string, string[]>();
}

export class PlantedPools implements PoolStore {
  readonly name = 'Planted pools';
  readonly queues = true;
  readonly #place: PlantedPlace;
  readonly #clock: Clock;
  readonly #fault: PoolFault | undefined;

  constructor(place: PlantedPlace, clock: Clock, fault: PoolFault | undefined) {
    this.#place = place;
    this.#clock = clock;
    this.#fault = fault;
  }

  async claim({ pool, owner, ttl, place }: ClaimRequest): Promise<Claimed | Busy | Retired> {
    const found = this.#find(pool);
    if (this.#retiredOf(pool).includes(owner)) return { granted: false, retired: true };
    const held = this.#heldBy(found, owner);
    if (held !== undefined && !this.#has('gives an owner another one when it asks again')) {
      if (!this.#has('holds no longer for who asks again')) held.expiresAt = this.#endOf(ttl);
      if (this.#has('counts another token when an owner asks again')) held.token++;
      found.line.delete(owner);
      return toClaimed(held);
    }
    if (place !== undefined) found.line.set(owner, this.#clock.monotonic() + place);
    let free = this.#free(found);
    if (free === undefined || !this.#isNext(found, owner)) {
      return { granted: false, freeIn: this.#freeIn(found, owner) };
    }
    if (this.#has('looks in one step and takes in another')) await this.#clock.sleep(1);
    if (this.#has('looks twice for one owner')) {
      await this.#clock.sleep(1);
      free = this.#free(found) ?? free;
    }
    free.token = this.#has('counts tokens by the claim alone') ? 1n : free.token + 1n;
    free.owner = owner;
    free.claimedAt = this.#clock.now();
    free.expiresAt = this.#endOf(ttl);
    found.line.delete(owner);
    if (!this.#has('tells nobody that there is more')) this.#wake(found);
    return toClaimed(free);
  }

  async renew({ pool, owner }: ClaimantRequest, ttl: number): Promise<boolean> {
    const found = this.#find(pool);
    let held = this.#heldBy(found, owner);
    if (this.#has('renews whoever holds')) held ??= found.resources[0];
    if (held === undefined && this.#has('gives something to who renews late')) {
      held = found.resources[0];
      if (held !== undefined) held.owner = owner;
    }
    if (held === undefined) return false;
    if (held.withdrawn && this.#has('does not renew what is withdrawn')) return false;
    if (!this.#has('holds no longer when it is renewed')) held.expiresAt = this.#endOf(ttl);
    return true;
  }

  async release({ pool, owner, forGood }: ReleaseRequest): Promise<boolean> {
    const found = this.#find(pool);
    const held = this.#heldBy(found, owner);
    const taken = this.#has('releases whoever holds') ? (held ?? found.resources[0]) : held;
    if (taken !== undefined) taken.owner = undefined;
    let had = held !== undefined;
    if (this.#has('takes a place for a resource')) had ||= found.line.has(owner);
    if (!this.#has('keeps the places of who has left')) found.line.delete(owner);
    if (forGood || this.#has('retires who is released for a while')) this.#retire(pool, owner, had);
    if (!this.#has('does not tell releases')) this.#wake(found);
    return had && !this.#has('does not say what it took back');
  }

  async leaveLine({ pool, owner }: ClaimantRequest): Promise<void> {
    const found = this.#find(pool);
    if (!this.#has('keeps the places of who has left')) found.line.delete(owner);
    const held = this.#heldBy(found, owner);
    if (this.#has('takes what it has from who leaves the line') && held) held.owner = undefined;
    this.#wake(found);
  }

  watch({ pool }: ClaimantRequest, wake: () => void): Watch {
    const { watchers } = this.#find(pool);
    const watcher = () => wake();
    watchers.add(watcher);
    return { hears: true, stop: () => watchers.delete(watcher) };
  }

  async add({ pool, resources, again }: AddRequest): Promise<void> {
    const found = this.#find(pool);
    const changes = again || this.#has('takes a pool that is made for an addition');
    const known = new Map(found.resources.map((resource) => [this.#key(resource.id), resource]));
    if (this.#has('looks in one step and adds in another')) await this.#clock.sleep(1);
    for (const { id, value } of resources) {
      const there = known.get(this.#key(id));
      if (there === undefined) {
        const free = { token: 0n, withdrawn: false, owner: undefined, claimedAt: 0, expiresAt: 0 };
        found.resources.push({ id, value, ...free });
      } else if (changes) {
        if (!this.#has('keeps the old value')) there.value = value;
        there.withdrawn = false;
      }
    }
    if (this.#has('hands out in the order of ids')) {
      found.resources.sort((a, b) => (a.id < b.id ? -1 : 1));
    }
    if (!this.#has('does not tell additions')) this.#wake(found);
  }

  async withdraw(pool: string, ids: readonly string[]): Promise<void> {
    const found = this.#find(pool);
    const keys = ids.map((id) => this.#key(id));
    for (const resource of found.resources) {
      if (!keys.includes(this.#key(resource.id))) continue;
      resource.withdrawn = true;
      if (this.#has('takes away what is withdrawn')) resource.owner = undefined;
    }
    if (this.#has('forgets what is withdrawn and free')) {
      found.resources = found.resources.filter((each) => !each.withdrawn || each.owner);
    }
  }

  async inspect(pool: string): Promise<readonly ResourceState[]> {
    const found = this.#find(pool);
    const states: ResourceState[] = [];
    for (const { id, value, withdrawn, owner, token, claimedAt, expiresAt } of found.resources) {
      if (this.#has('looks at one after the other')) await this.#clock.sleep(5);
      if (withdrawn && (owner === undefined || this.#has('does not list what is withdrawn'))) {
        continue;
      }
      const expiresIn = this.#has('shows leases without an end')
        ? Number.POSITIVE_INFINITY
        : expiresAt - this.#clock.monotonic();
      const claim = owner === undefined ? undefined : { owner, token, claimedAt, expiresIn };
      states.push({ id, value, withdrawn, claim });
    }
    return states;
  }

  async close(): Promise<void> {
    if (!this.#has('gives back everything when a store is closed')) return;
    for (const { resources } of this.#place.pools.values()) {
      for (const resource of resources) resource.owner = undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #has(fault: PoolFault): boolean {
    return this.#fault === fault;
  }

  /** A pool, without what has expired. */
  #find(name: string): PlantedPool {
    const { pools } = this.#place;
    const key = this.#has('takes all pools for one') ? '' : this.#key(name);
    const found = pools.get(key) ?? { resources: [], line: new Map(), watchers: new Set() };
    pools.set(key, found);
    const now = this.#clock.monotonic();
    if (!this.#has('keeps the places of the dead')) {
      for (const [owner, until] of found.line) if (until <= now) found.line.delete(owner);
    }
    if (this.#has('never expires')) return found;
    for (const resource of found.resources) {
      if (resource.expiresAt <= now) resource.owner = undefined;
    }
    return found;
  }

  #heldBy({ resources }: PlantedPool, owner: string): Planted | undefined {
    return resources.find((each) => each.owner && this.#key(each.owner) === this.#key(owner));
  }

  #free({ resources }: PlantedPool): Planted | undefined {
    const isFree = ({ owner, withdrawn }: Planted) =>
      owner === undefined && (!withdrawn || this.#has('hands out what is withdrawn'));
    return this.#has('hands out the last one first')
      ? resources.findLast(isFree)
      : resources.find(isFree);
  }

  #isNext({ line }: PlantedPool, owner: string): boolean {
    if (this.#has('serves whoever asks')) return true;
    const owners = [...line.keys()];
    const next = this.#has('serves the last who came') ? owners.at(-1) : owners[0];
    return next === undefined || next === owner;
  }

  #freeIn(found: PlantedPool, owner: string): number | undefined {
    if (!this.#isNext(found, owner)) return undefined;
    const held = found.resources.filter((each) => each.owner !== undefined);
    const earliest = Math.min(...held.map(({ expiresAt }) => expiresAt));
    return Number.isFinite(earliest) ? earliest - this.#clock.monotonic() : undefined;
  }

  #endOf(ttl: number): number {
    const lasts = this.#has('expires early') ? ttl / 2 : ttl;
    const isShort = this.#has('lets what is assigned expire') && ttl === Number.POSITIVE_INFINITY;
    return this.#clock.monotonic() + (isShort ? 500 : lasts);
  }

  #retiredOf(pool: string): string[] {
    const { retired } = this.#place;
    const key = this.#has('retires in all pools') ? '' : this.#key(pool);
    const owners = retired.get(key) ?? [];
    retired.set(key, owners);
    return owners;
  }

  #retire(pool: string, owner: string, had: boolean): void {
    if (this.#has('forgets who was released')) return;
    if (this.#has('forgets who was released and had nothing') && !had) return;
    const retired = this.#retiredOf(pool);
    if (!retired.includes(owner)) retired.push(owner);
    retired.splice(0, retired.length - (this.#has('remembers 900') ? 900 : 1_000));
  }

  #wake({ watchers }: PlantedPool): void {
    for (const wake of [...watchers]) wake();
  }

  #key(text: string): string {
    switch (this.#fault) {
      case 'compares without case':
        return text.toLowerCase();
      case 'compares without trailing spaces':
        return text.trimEnd();
      case 'cuts at 128 characters':
        return text.slice(0, 128);
      case 'takes a NUL for the end':
        return text.split('\u0000')[0] ?? '';
      default:
        return text;
    }
  }
}

function toClaimed({ id, value, token }: Planted): Claimed {
  return { granted: true, id, value, token };
}
