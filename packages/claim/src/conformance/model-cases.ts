/**
 * Random programs: whatever is asked of whichever store in whatever order, a pool is what a simple model is.
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PoolStore, ResourceState } from '../pool-store.ts';
import { ask, giveBack, renew } from './requests.ts';
import { type Setting, storesOf } from './setting.ts';

const ids = ['a', 'b', 'c', 'd'] as const;
const owners = ['ann', 'bob', 'eve', 'joe', 'kim'] as const;

/** What is asked, and of which store. */
type Command = {
  readonly store: number;
} & (
  | { readonly does: 'claim'; readonly owner: string; readonly forGood: boolean }
  | { readonly does: 'renew' | 'release' | 'retire'; readonly owner: string }
  | { readonly does: 'add'; readonly ids: readonly string[]; readonly again: boolean }
  | { readonly does: 'withdraw'; readonly ids: readonly string[] }
  | { readonly does: 'inspect' }
);

const store = fc.nat(2);
const owner = fc.constantFrom(...owners);
const someIds = fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: 3 });
const claim = fc.record({
  store,
  owner,
  does: fc.constant('claim' as const),
  forGood: fc.boolean(),
});
const ofOwner = fc.record({
  ...{ store, owner },
  does: fc.constantFrom('renew' as const, 'release' as const, 'release' as const),
});
const retire = fc.record({ store, owner, does: fc.constant('retire' as const) });
const add = fc.record({
  ...{ store, ids: someIds },
  does: fc.constant('add' as const),
  again: fc.boolean(),
});
const withdraw = fc.record({ store, ids: someIds, does: fc.constant('withdraw' as const) });
const inspect = fc.record({ store, does: fc.constant('inspect' as const) });

const program: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: claim },
    { weight: 3, arbitrary: ofOwner },
    { weight: 1, arbitrary: retire },
    { weight: 2, arbitrary: add },
    { weight: 1, arbitrary: withdraw },
    { weight: 1, arbitrary: inspect },
  ),
  { minLength: 5, maxLength: 25 },
);

export function modelCases(setting: Setting): void {
  describe('a random program', () => {
    it('finds what a simple model has', async () => {
      const stores = await storesOf(setting, 3);
      const { seed } = setting;
      let programs = 0;
      const property = fc.asyncProperty(program, async (commands) => {
        const model = new PoolModel(`pool-${++programs}`);
        for (const [step, command] of commands.entries()) {
          await model.run(stores[command.store] as PoolStore, command, step);
        }
        await model.inspect(stores[0] as PoolStore);
      });
      await fc.assert(property, { numRuns: 12, ...(seed !== undefined && { seed }) });
    }, 120_000);
  });
}

interface Modelled {
  readonly id: string;
  value: string;
  owner: string | undefined;
  withdrawn: boolean;
  /** Of the claim, or of the last one. */
  token: bigint;
}

class PoolModel {
  readonly #pool: string;
  readonly #resources: Modelled[] = [];
  readonly #retired = new Set<string>();

  constructor(pool: string) {
    this.#pool = pool;
  }

  async run(store: PoolStore, command: Command, step: number): Promise<void> {
    switch (command.does) {
      case 'claim':
        return await this.#claim(store, command.owner, command.forGood);
      case 'renew':
        return expect(await renew(store, this.#of(command.owner))).toBe(this.#has(command.owner));
      case 'release':
        return await this.#release(store, command.owner, false);
      case 'retire':
        return await this.#release(store, command.owner, true);
      case 'add':
        return await this.#add(store, command.ids, command.again, `${step}`);
      case 'withdraw':
        return await this.#withdraw(store, command.ids);
      case 'inspect':
        return await this.inspect(store);
    }
  }

  async inspect(store: PoolStore): Promise<void> {
    const states = await store.inspect(this.#pool, {});
    const listed = this.#resources.filter(({ withdrawn, owner }) => !withdrawn || owner);
    const found = states.map(({ id, value, withdrawn, claim }: ResourceState) => {
      return { id, value, withdrawn, owner: claim?.owner, token: claim?.token };
    });
    expect(found).toEqual(
      listed.map(({ token, ...rest }) => ({ ...rest, token: rest.owner && token })),
    );
  }

  async #claim(store: PoolStore, owner: string, forGood: boolean): Promise<void> {
    const ttl = forGood ? Number.POSITIVE_INFINITY : 600_000;
    const reply = await ask(store, { ...this.#of(owner), ttl });
    if (this.#retired.has(owner)) return expect(reply).toEqual({ granted: false, retired: true });
    const held = this.#resources.find((each) => each.owner === owner);
    const free = this.#resources.find((each) => each.owner === undefined && !each.withdrawn);
    const given = held ?? free;
    expect(reply.granted, 'whether something was free').toBe(given !== undefined);
    if (!reply.granted || given === undefined) return;
    expect({ id: reply.id, value: reply.value }).toEqual({ id: given.id, value: given.value });
    if (held !== undefined) expect(reply.token).toBe(held.token);
    else expect(reply.token, 'the token of a later claim').toBeGreaterThan(given.token);
    given.owner = owner;
    given.token = reply.token;
  }

  async #release(store: PoolStore, owner: string, forGood: boolean): Promise<void> {
    const had = await giveBack(store, { ...this.#of(owner), forGood });
    expect(had, 'whether it had something').toBe(this.#has(owner));
    for (const each of this.#resources) if (each.owner === owner) each.owner = undefined;
    if (forGood) this.#retired.add(owner);
  }

  async #add(
    store: PoolStore,
    added: readonly string[],
    again: boolean,
    value: string,
  ): Promise<void> {
    const resources = added.map((id) => ({ id, value }));
    await store.add({ pool: this.#pool, resources, again }, {});
    for (const id of added) {
      const known = this.#resources.find((each) => each.id === id);
      if (known === undefined) {
        this.#resources.push({ id, value, owner: undefined, withdrawn: false, token: 0n });
      } else if (again) {
        known.value = value;
        known.withdrawn = false;
      }
    }
  }

  async #withdraw(store: PoolStore, withdrawn: readonly string[]): Promise<void> {
    await store.withdraw(this.#pool, withdrawn, {});
    for (const each of this.#resources) if (withdrawn.includes(each.id)) each.withdrawn = true;
  }

  #of(owner: string) {
    return { pool: this.#pool, owner };
  }

  #has(owner: string): boolean {
    return this.#resources.some((each) => each.owner === owner);
  }
}
