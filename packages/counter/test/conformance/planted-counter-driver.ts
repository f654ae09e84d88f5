/**
 * A counter driver in memory with a network in front of it, and one fault of choice: what the suite is
 * tested with. Without a fault it keeps every promise.
 *
 * Each request takes a while to arrive and a while to be answered, so that requests of several
 * connections really overlap.
 * @module
 */
import { type Random, seededRandom, type VirtualClock } from '@runafter/clock';
import type { Addition, CounterDriver, Once, Reset } from '@runafter/counter';
import { ServiceUnavailableError } from '@runafter/errors';
import type { CallOptions } from '@runafter/optimistic';

/** What a driver may do wrong. */
export type DriverFault =
  | 'reads in one step and adds in another'
  | 'makes a new counter in a step of its own'
  | 'adds as numbers'
  | 'wraps at the border'
  | 'stops at the border'
  | 'takes the sum for the range of an amount'
  | 'keeps the id in a step of its own'
  | 'keeps the id before it adds'
  | 'forgets ids when it resets'
  | 'keeps ids for all counters'
  | 'keeps an amount with the id'
  | 'compares ids without case'
  | 'cuts ids at 100 characters'
  | 'never forgets an id'
  | 'forgets ids early'
  | 'keeps an id as long again when it is repeated'
  | 'reads in another step what it tells'
  | 'tells a repetition what the first one was told'
  | 'reads in one step and resets in another'
  | 'resets whatever is there'
  | 'compares the expected value as a number'
  | 'resets to 0 only'
  | 'reads from a copy that is behind'
  | 'reads a value in two parts'
  | 'compares names without case'
  | 'compares names without trailing spaces'
  | 'takes a name for a pattern when it resets'
  | 'repeats requests by itself'
  | 'takes every broken connection for not done'
  | 'gets stuck by an abort';

/** What all connections share. */
export class PlantedPlace {
  readonly clock: VirtualClock;
  /** Of the network's delays. */
  readonly random: Random = seededRandom(1);
  readonly values = new Map<string, bigint>();
  /** What was there before the last addition. */
  readonly copies = new Map<string, bigint>();
  /** When an id expires, and the value that its addition has made; by counter and id. */
  readonly ids = new Map<string, { readonly expiresAt: number; readonly told: bigint }>();

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }
}

const least = -(2n ** 63n);
const greatest = 2n ** 63n - 1n;
const lowerHalf = 2n ** 29n - 1n;

export class PlantedCounterDriver implements CounterDriver {
  readonly name = 'Planted counters';
  readonly #place: PlantedPlace;
  readonly #fault: DriverFault | undefined;
  #loss: (() => Promise<void>) | undefined;
  #isStuck = false;

  constructor(place: PlantedPlace, fault: DriverFault | undefined) {
    this.#place = place;
    this.#fault = fault;
  }

  /** Loses the reply of the next request. */
  loseReply(meanwhile: () => Promise<void> = async () => {}): void {
    this.#loss = meanwhile;
  }

  async add(name: string, amount: bigint, once: Once | undefined, { signal }: CallOptions) {
    const added = await this.#request(signal, () => this.#add(this.#stored(name), amount, once));
    if (this.#fault !== 'reads in another step what it tells') return added;
    return { ...added, value: await this.read(name, {}) };
  }

  async read(name: string, { signal }: CallOptions): Promise<bigint> {
    return await this.#request(signal, async () => {
      const { copies } = this.#place;
      const value = this.#value(this.#stored(name));
      if (this.#fault === 'reads from a copy that is behind') return copies.get(name) ?? 0n;
      if (this.#fault !== 'reads a value in two parts') return value;
      while (this.#place.random() < 0.8) await this.#hop();
      return (value & lowerHalf) | (this.#value(name) & ~lowerHalf);
    });
  }

  async reset(name: string, to: bigint, expected: bigint | undefined, { signal }: CallOptions) {
    return await this.#request(signal, () => this.#reset(this.#stored(name), to, expected));
  }

  async close(): Promise<void> {}

  async #add(name: string, amount: bigint, once: Once | undefined): Promise<Addition> {
    const { values, ids, copies } = this.#place;
    const id = once && this.#idOf(name, once, amount);
    const known = id === undefined ? undefined : this.#known(id);
    if (known !== undefined && once !== undefined && id !== undefined) {
      if (this.#fault === 'keeps an id as long again when it is repeated') {
        ids.set(id, { ...known, expiresAt: this.#expiryOf(once) });
      }
      const tellsFirst = this.#fault === 'tells a repetition what the first one was told';
      return { state: 'repeated', value: tellsFirst ? known.told : this.#value(name) };
    }
    if (this.#fault === 'makes a new counter in a step of its own' && !values.has(name)) {
      await this.#hop();
      values.set(name, 0n);
    }
    const before = this.#value(name);
    const value = this.#sumOf(before, amount);
    if (this.#fault === 'keeps the id before it adds' && once && id) {
      ids.set(id, { expiresAt: this.#expiryOf(once), told: value });
    }
    if (value < least || value > greatest) return { state: 'overflow', value: before };
    if (this.#fault === 'reads in one step and adds in another') await this.#hop();
    values.set(name, value);
    copies.set(name, before);
    if (this.#fault === 'keeps the id in a step of its own') await this.#hop();
    if (once && id) ids.set(id, { expiresAt: this.#expiryOf(once), told: value });
    return { state: 'added', value };
  }

  async #reset(name: string, to: bigint, expected: bigint | undefined): Promise<Reset> {
    const { values, ids } = this.#place;
    const value = this.#value(name);
    if (expected !== undefined && !this.#isSame(value, expected)) {
      return { state: 'changed', value };
    }
    if (this.#fault === 'reads in one step and resets in another') await this.#hop();
    if (this.#fault === 'takes a name for a pattern when it resets') {
      const length = name.length;
      for (const each of values.keys()) {
        const matches = [...name].every((sign, at) => sign === '_' || sign === each[at]);
        if (each.length === length && matches) values.set(each, to);
      }
    }
    values.set(name, this.#fault === 'resets to 0 only' ? 0n : to);
    if (this.#fault === 'forgets ids when it resets') ids.clear();
    return { state: 'reset', value };
  }

  #value(name: string): bigint {
    return this.#place.values.get(name) ?? 0n;
  }

  #known(id: string) {
    const { ids, clock } = this.#place;
    const known = ids.get(id);
    if (known === undefined || this.#fault === 'never forgets an id') return known;
    return known.expiresAt > clock.now() ? known : undefined;
  }

  #expiryOf({ keptFor }: Once): number {
    const time = this.#fault === 'forgets ids early' ? keptFor / 2 : keptFor;
    return this.#place.clock.now() + time;
  }

  #idOf(name: string, { id }: Once, amount: bigint): string {
    switch (this.#fault) {
      case 'keeps ids for all counters':
        return id;
      case 'keeps an amount with the id':
        return `${name} ${id} ${amount}`;
      case 'compares ids without case':
        return `${name} ${id.toLowerCase()}`;
      case 'cuts ids at 100 characters':
        return `${name} ${id.slice(0, 100)}`;
      default:
        return `${name} ${id}`;
    }
  }

  #sumOf(value: bigint, amount: bigint): bigint {
    const sum = value + amount;
    switch (this.#fault) {
      case 'adds as numbers':
        return BigInt(Number(value) + Number(amount));
      case 'wraps at the border':
        return BigInt.asIntN(64, sum);
      case 'stops at the border':
        return BigInt.asIntN(64, sum) === sum ? sum : value;
      case 'takes the sum for the range of an amount':
        return amount === greatest || amount === least ? greatest + 1n : sum;
      default:
        return sum;
    }
  }

  #isSame(value: bigint, expected: bigint): boolean {
    if (this.#fault === 'resets whatever is there') return true;
    if (this.#fault === 'compares the expected value as a number') {
      return Number(value) === Number(expected);
    }
    return value === expected;
  }

  #stored(name: string): string {
    switch (this.#fault) {
      case 'compares names without case':
        return name.toLowerCase();
      case 'compares names without trailing spaces':
        return name.trimEnd();
      default:
        return name;
    }
  }

  /** Sends a request through the network. */
  async #request<R>(signal: AbortSignal | undefined, carryOut: () => Promise<R>): Promise<R> {
    await this.#hop();
    if (this.#isStuck) await new Promise(() => {});
    if (signal?.aborted && this.#fault === 'gets stuck by an abort') this.#isStuck = true;
    const meanwhile = this.#loss;
    this.#loss = undefined;
    const reply = await carryOut();
    await this.#hop();
    if (meanwhile === undefined) return reply;
    await meanwhile();
    if (this.#fault === 'repeats requests by itself') return await carryOut();
    const isNotDone = this.#fault === 'takes every broken connection for not done';
    throw new ServiceUnavailableError(this.name, isNotDone ? 'not-done' : 'unknown');
  }

  /** As long as it takes others to get on: now shorter, now longer. */
  async #hop(): Promise<void> {
    const turns = 1 + Math.floor(this.#place.random() * 3);
    for (let turn = 0; turn < turns; turn++) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }
}
