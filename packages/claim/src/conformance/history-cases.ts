/**
 * What many do to one pool at the same time is what they could have done one after the other.
 *
 * Each grant has a token of its own, so nothing has to be searched: the grants of a resource follow each other in
 * the order of their tokens, and whoever was given nothing must have looked while all of them could be in use.
 * @module
 */
import { seededRandom } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import type { PoolStore } from '../pool-store.ts';
import { ask, giveBack, put } from './requests.ts';
import { clockOf, licences, type Setting, storesOf } from './setting.ts';

/** From a call to its answer, counted in steps. */
interface Span {
  readonly from: number;
  readonly to: number;
}

interface Grant {
  readonly id: string;
  readonly token: bigint;
  readonly given: Span;
  returned: Span;
}

const never: Span = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY };

export function historyCases(setting: Setting): void {
  describe('what several do to one pool at the same time', () => {
    it('looks to all of them as if it was done one after the other', async () => {
      const resources = licences(3);
      await put(setting.store, resources);
      const stores = await storesOf(setting, 4);
      const seed = setting.seed ?? Math.floor(Math.random() * 2 ** 31);
      const history = new PoolHistory(resources, `seed ${seed}`);
      const users = Array.from({ length: 8 }, async (_, n) => {
        const random = seededRandom(seed + n);
        const store = stores[n % 4] as PoolStore;
        for (let turn = 0; turn < 8; turn++) {
          await history.use(store, `${n}-${turn}`, () => clockOf(setting).sleep(random() * 3));
        }
      });
      await Promise.all(users);
      history.check();
    });
  });
}

class PoolHistory {
  readonly #resources: readonly string[];
  readonly #title: string;
  readonly #grants: Grant[] = [];
  readonly #refusals: Span[] = [];
  #now = 0;

  constructor(resources: readonly string[], title: string) {
    this.#resources = resources;
    this.#title = title;
  }

  /** Claims, asks for the same again, and gives it back after a while. */
  async use(store: PoolStore, owner: string, work: () => Promise<void>): Promise<void> {
    const [reply, given] = await this.#timed(ask(store, { owner }));
    if (!reply.granted) {
      this.#refusals.push(given);
      return await work();
    }
    const { id, token } = reply;
    const grant: Grant = { id, token, given, returned: never };
    this.#grants.push(grant);
    await work();
    const again = await ask(store, { owner });
    expect(again, `${this.#title}: what it has`).toMatchObject({ granted: true, id, token });
    const [had, returned] = await this.#timed(giveBack(store, { owner }));
    expect(had, `${this.#title}: it had it until then`).toBe(true);
    grant.returned = returned;
  }

  check(): void {
    for (const id of this.#resources) this.#checkTurns(id);
    for (const refusal of this.#refusals) {
      for (const id of this.#resources) this.#checkInUse(id, refusal);
    }
  }

  /** In the order of tokens nobody was given what the one before surely had still. */
  #checkTurns(id: string): void {
    const turns = this.#grants
      .filter((grant) => grant.id === id)
      .sort((a, b) => (a.token < b.token ? -1 : 1));
    for (const [n, next] of turns.entries()) {
      const before = turns[n - 1];
      if (before === undefined) continue;
      expect(before.token, `${this.#title}: a token of its own`).not.toBe(next.token);
      expect(
        before.returned.from,
        `${this.#title}: ${id} was asked back before it was given to the next one`,
      ).toBeLessThan(next.given.to);
    }
  }

  /** Whoever got nothing may have looked while this one was in use. */
  #checkInUse(id: string, refusal: Span): void {
    const isPossible = this.#grants.some(
      (grant) =>
        grant.id === id && grant.given.from < refusal.to && grant.returned.to > refusal.from,
    );
    expect(isPossible, `${this.#title}: ${id} was in use when somebody got nothing`).toBe(true);
  }

  async #timed<T>(call: Promise<T>): Promise<[T, Span]> {
    const from = ++this.#now;
    const done = await call;
    return [done, { from, to: ++this.#now }];
  }
}
