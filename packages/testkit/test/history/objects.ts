/**
 * Objects as people write them: each once right, and several times with one of the bugs that this
 * project is about. `hop` is a trip to the store, during which others get on.
 * @module
 */

import type { RegisterFence } from '../../src/index.ts';
import type { Hop } from './clients.ts';

/** A counter that is right: one step at the store; the result of an id is kept with it. */
export class AtomicCounter {
  value = 0n;
  readonly ids = new Set<string>();
  protected readonly hop: Hop;

  constructor(hop: Hop) {
    this.hop = hop;
  }

  async addAndGet(amount: bigint, once: string): Promise<bigint> {
    await this.hop();
    if (!this.ids.has(once)) this.value += amount;
    this.ids.add(once);
    const { value } = this;
    await this.hop();
    return value;
  }

  async read(): Promise<bigint> {
    await this.hop();
    const { value } = this;
    await this.hop();
    return value;
  }

  async reset(): Promise<bigint> {
    await this.hop();
    const { value } = this;
    this.value = 0n;
    await this.hop();
    return value;
  }
}

/** Lost update: reads, adds in the client, writes. */
export class ReadAddWriteCounter extends AtomicCounter {
  override async addAndGet(amount: bigint): Promise<bigint> {
    const next = (await this.read()) + amount;
    this.value = next;
    await this.hop();
    return next;
  }
}

/** Double count: a retry after a lost reply adds again. */
export class ForgetfulCounter extends AtomicCounter {
  override async addAndGet(amount: bigint, once: string): Promise<bigint> {
    this.ids.delete(once);
    return await super.addAndGet(amount, once);
  }
}

/** Reset that forgets a concurrent add: reads and zeroes in two steps. */
export class TwoStepResetCounter extends AtomicCounter {
  override async reset(): Promise<bigint> {
    const value = await this.read();
    this.value = 0n;
    return value;
  }
}

/** A register that is right. */
export class Register<Value> {
  protected value: Value;
  protected readonly hop: Hop;

  constructor(value: Value, hop: Hop) {
    this.value = value;
    this.hop = hop;
  }

  async read(_client: string): Promise<Value> {
    await this.hop();
    const { value } = this;
    await this.hop();
    return value;
  }

  async write(value: Value): Promise<void> {
    await this.hop();
    this.value = value;
    await this.hop();
  }

  async compareAndSet(expected: Value, value: Value): Promise<boolean> {
    await this.hop();
    const matches = this.value === expected;
    if (matches) this.value = value;
    await this.hop();
    return matches;
  }
}

/** Stale read: each client keeps what it read, and looks again only at every third read. */
export class CachedRegister extends Register<number> {
  readonly #caches = new Map<string, { value: number; reads: number }>();

  override async read(client: string): Promise<number> {
    const cache = this.#caches.get(client);
    if (cache !== undefined && cache.reads++ < 2) return cache.value;
    const value = await super.read(client);
    this.#caches.set(client, { value, reads: 0 });
    return value;
  }
}

/** Compares first, sets later. */
export class CompareThenSetRegister extends Register<number> {
  override async compareAndSet(expected: number, value: number): Promise<boolean> {
    if ((await this.read('')) !== expected) return false;
    await this.write(value);
    return true;
  }
}

/** Torn read: a value of two halves that are written, and read, one after the other. */
export class TornRegister extends Register<string> {
  override async write(value: string): Promise<void> {
    for (const half of [0, 1]) {
      await this.hop();
      this.value = half === 0 ? value.charAt(0) + this.value.charAt(1) : value;
    }
  }
}

/** A lock that is right. */
export class TokenLock {
  protected holder: string | undefined;
  protected token = 0n;
  protected readonly hop: Hop;

  constructor(hop: Hop) {
    this.hop = hop;
  }

  async tryAcquire(owner: string): Promise<bigint | undefined> {
    await this.hop();
    const token = this.holder === undefined ? this.take(owner) : undefined;
    await this.hop();
    return token;
  }

  async release(owner: string): Promise<boolean> {
    await this.hop();
    const held = this.holder === owner;
    if (held) this.holder = undefined;
    await this.hop();
    return held;
  }

  protected take(owner: string): bigint {
    this.holder = owner;
    return ++this.token;
  }
}

/** Two holders: looks whether the lock is free, and takes it a trip later. */
export class LookThenTakeLock extends TokenLock {
  override async tryAcquire(owner: string): Promise<bigint | undefined> {
    await this.hop();
    if (this.holder !== undefined) return undefined;
    await this.hop();
    return this.take(owner);
  }
}

/** Tokens that do not grow: they begin anew when the lock is released. */
export class RestartingTokenLock extends TokenLock {
  override async release(owner: string): Promise<boolean> {
    const held = await super.release(owner);
    if (held) this.token = 0n;
    return held;
  }
}

/** A register behind a lock, and the lock's tokens: it is right. */
export class FencedRegister {
  protected value = 0;
  protected fence: RegisterFence | undefined;
  protected readonly hop: Hop;
  #token = 0n;

  constructor(hop: Hop) {
    this.hop = hop;
  }

  /** A grant, which ends those before it: their holders do not know. */
  async grant(owner: string): Promise<RegisterFence> {
    await this.hop();
    return { token: ++this.#token, owner };
  }

  async read(): Promise<number> {
    await this.hop();
    const { value } = this;
    await this.hop();
    return value;
  }

  /** @returns false when it was refused. */
  async write(value: number, fence: RegisterFence): Promise<boolean> {
    await this.hop();
    const isAdmitted = this.admits(fence);
    if (isAdmitted) this.put(value, fence);
    await this.hop();
    return isAdmitted;
  }

  protected admits({ token, owner }: RegisterFence): boolean {
    const held = this.fence ?? { token: 0n, owner: '' };
    return held.token < token || (held.token === token && held.owner === owner);
  }

  protected put(value: number, fence: RegisterFence): void {
    this.value = value;
    this.fence = fence;
  }
}

/** A stale write is accepted: nobody compares. */
export class UnguardedRegister extends FencedRegister {
  protected override admits(): boolean {
    return true;
  }
}

/** Compares the token first, writes a trip later. */
export class CompareThenWriteRegister extends FencedRegister {
  override async write(value: number, fence: RegisterFence): Promise<boolean> {
    await this.hop();
    if (!this.admits(fence)) return false;
    await this.hop();
    this.put(value, fence);
    return true;
  }
}

/** Compares with the token of the document's creation: it is never stored again. */
export class FirstTokenRegister extends FencedRegister {
  protected override put(value: number, fence: RegisterFence): void {
    this.value = value;
    this.fence ??= fence;
  }
}

/** Refuses a holder's second write: it takes only tokens that are greater. */
export class OneWriteEachRegister extends FencedRegister {
  protected override admits({ token }: RegisterFence): boolean {
    return (this.fence?.token ?? 0n) < token;
  }
}

/** A pool that is right. */
export class Pool {
  readonly #resources: readonly string[];
  protected readonly holders = new Map<string, string>();
  protected readonly hop: Hop;

  constructor(resources: readonly string[], hop: Hop) {
    this.#resources = resources;
    this.hop = hop;
  }

  async claim(owner: string): Promise<string | undefined> {
    await this.hop();
    const free = this.firstFree();
    if (free !== undefined) this.holders.set(free, owner);
    await this.hop();
    return free;
  }

  async release(owner: string, resource: string): Promise<boolean> {
    await this.hop();
    const held = this.holders.get(resource) === owner;
    if (held) this.holders.delete(resource);
    await this.hop();
    return held;
  }

  protected firstFree(): string | undefined {
    return this.#resources.find((resource) => !this.holders.has(resource));
  }
}

/** One resource twice: lists the free ones first and claims one of them a trip later. */
export class ListThenClaimPool extends Pool {
  override async claim(owner: string): Promise<string | undefined> {
    await this.hop();
    const free = this.firstFree();
    await this.hop();
    if (free !== undefined) this.holders.set(free, owner);
    return free;
  }
}

/** "None left" when somebody else was quicker, although others are free. */
export class GiveUpPool extends Pool {
  override async claim(owner: string): Promise<string | undefined> {
    await this.hop();
    const free = this.firstFree();
    await this.hop();
    if (free === undefined || this.holders.has(free)) return undefined;
    this.holders.set(free, owner);
    return free;
  }
}

/** A set that is right. */
export class StringSet {
  protected members: readonly string[] = [];
  protected readonly hop: Hop;

  constructor(hop: Hop) {
    this.hop = hop;
  }

  async add(value: string): Promise<boolean> {
    await this.hop();
    const isNew = !this.members.includes(value);
    if (isNew) this.members = [...this.members, value];
    await this.hop();
    return isNew;
  }

  async remove(value: string): Promise<boolean> {
    await this.hop();
    const wasThere = this.members.includes(value);
    this.members = this.members.filter((member) => member !== value);
    await this.hop();
    return wasThere;
  }

  async list(): Promise<readonly string[]> {
    await this.hop();
    const { members } = this;
    await this.hop();
    return members;
  }
}

/** A document that is read, changed in the client and written back whole. */
export class WholeDocumentSet extends StringSet {
  override async add(value: string): Promise<boolean> {
    const members = await this.list();
    if (members.includes(value)) return false;
    this.members = [...members, value];
    return true;
  }
}
