/** Of all who want something created one creates it, and all get what it made. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { MakeContext } from '../create-once.ts';
import type { Creation } from '../creation.ts';
import {
  type CreateOnceSetting,
  type Customer,
  creators,
  faultyDocuments,
  makeNothing,
  once,
  Registry,
  SlowMake,
} from './create-once-setting.ts';
import { clockOf, eachOf, need, refusalOf } from './setting.ts';

export function createOnceCases(setting: CreateOnceSetting): void {
  describe('what is created once', () => {
    it('is handed over to who made it, and to everybody who comes later', async () => {
      const { store, other } = setting;
      const registry = new Registry();
      const made = await once(setting, store, 'order-17', registry.make);
      expect(made).toEqual({ id: 1, name: 'Ann 😀 \u0000 "Lee"' });
      for (const asked of [store, other]) {
        expect(await once(setting, asked, 'order-17', makeNothing)).toEqual(made);
      }
    });

    it('is made by one of many who want it at the same time, on several stores', async () => {
      const stores = await creators<Creation<Customer>>(setting, 4);
      const registry = new Registry();
      const calls = eachOf(stores, 16, (store) => once(setting, store, 'order-17', registry.make));
      const made = await Promise.all(calls);
      expect(registry.asked).toHaveLength(1);
      expect(new Set(made.map(({ id }) => id))).toEqual(new Set([1]));
    });

    it('is made once more under another key', async () => {
      const { store, other } = setting;
      const registry = new Registry();
      const keys = ['order-17', 'order-1', 'order-170'];
      const calls = eachOf([store, other], 6, (each, n) =>
        once(setting, each, keys[n % 3] ?? '', registry.make),
      );
      const made = await Promise.all(calls);
      expect(new Set(registry.asked).size, 'idempotency keys').toBe(3);
      expect(made.slice(0, 3)).toEqual(made.slice(3));
    });

    it('has a key of which every character counts', async (context) => {
      need(setting, 'anyKey')(context);
      const { store, other } = setting;
      const registry = new Registry();
      const keys = ['a@b.c', 'A@b.c', 'a@b.c ', 'é', 'e\u0301', '😀', "'", 'a/b', '%', '*'];
      for (const key of keys) await once(setting, store, key, registry.make);
      expect(registry.asked).toHaveLength(keys.length);
      for (const [n, key] of keys.entries()) {
        expect((await once(setting, other, key, makeNothing)).id).toBe(n + 1);
      }
    });

    it('may be made by a function that is not asynchronous', async () => {
      const customer = { id: 7, name: 'Bob' };
      expect(await once(setting, setting.store, 'order-17', () => customer)).toEqual(customer);
    });
  });

  describe('a creation that fails', () => {
    it('fails for its caller alone, and the next one may try with the same idempotency key', async () => {
      const { store, other } = setting;
      const keys: string[] = [];
      const error = new Error('The CRM is away.');
      const fail = async ({ idempotencyKey }: MakeContext): Promise<Customer> => {
        keys.push(idempotencyKey);
        throw error;
      };
      await expect(once(setting, store, 'order-17', fail)).rejects.toBe(error);
      await expect(once(setting, other, 'order-17', fail)).rejects.toBe(error);
      const registry = new Registry();
      expect((await once(setting, other, 'order-17', registry.make)).id).toBe(1);
      expect(new Set([...keys, ...registry.asked]).size).toBe(1);
      expect(await once(setting, store, 'order-17', makeNothing)).toMatchObject({ id: 1 });
    });

    it('lets who waits for it try', async () => {
      const { store, other } = setting;
      const slow = new SlowMake();
      const registry = new Registry();
      const failing = refusalOf(once(setting, store, 'order-17', slow.make));
      await slow.begun;
      const waits = [other, other, store].map((each) =>
        once(setting, each, 'order-17', registry.make),
      );
      await clockOf(setting).sleep(100);
      expect(registry.asked).toEqual([]);
      const error = new Error('The CRM is away.');
      slow.fail(error);
      expect(await failing).toBe(error);
      expect((await Promise.all(waits)).map(({ id }) => id)).toEqual([1, 1, 1]);
    });

    it('because what was made cannot be kept is told so', async () => {
      const { store, other } = setting;
      const unkept = () => ({ id: 1, name: (() => 'Ann') as never });
      await expect(once(setting, store, 'order-17', unkept)).rejects.toMatchObject({
        code: 'DOCUMENT_INVALID',
      });
      expect(await once(setting, other, 'order-17', new Registry().make)).toMatchObject({ id: 1 });
    });
  });

  describe('a creation that is aborted', () => {
    const reason = new Error('No longer wanted.');

    it('before it begins does nothing', async () => {
      const { store, other } = setting;
      const options = { signal: AbortSignal.abort(reason) };
      await expect(once(setting, store, 'order-17', makeNothing, options)).rejects.toBe(reason);
      expect(await once(setting, other, 'order-17', new Registry().make)).toMatchObject({ id: 1 });
    });

    it('while it waits ends at once, and leaves the creator alone', async () => {
      const { store, other } = setting;
      const slow = new SlowMake();
      const creating = once(setting, store, 'order-17', slow.make);
      await slow.begun;
      const controller = new AbortController();
      const { signal } = controller;
      const waits = [other, store].map((each) =>
        refusalOf(once(setting, each, 'order-17', makeNothing, { signal })),
      );
      await clockOf(setting).sleep(60);
      controller.abort(reason);
      expect(await Promise.all(waits)).toEqual([reason, reason]);
      slow.finish({ id: 9, name: 'Eve' });
      expect(await creating).toEqual({ id: 9, name: 'Eve' });
    });

    it('while it makes ends at once, tells make, and keeps what that made all the same', async () => {
      const { store, other } = setting;
      const slow = new SlowMake();
      const controller = new AbortController();
      const { signal } = controller;
      const creating = refusalOf(once(setting, store, 'order-17', slow.make, { signal }));
      const told = await slow.begun;
      expect(told.aborted).toBe(false);
      controller.abort(reason);
      expect(await creating).toBe(reason);
      expect(told.reason).toBe(reason);
      slow.finish({ id: 9, name: 'Eve' });
      expect(await once(setting, other, 'order-17', makeNothing)).toEqual({ id: 9, name: 'Eve' });
    });
  });

  describe('a write whose reply is lost', () => {
    beforeEach(need(setting, 'lostReplies'));

    it('does not make it twice', async () => {
      const { other } = setting;
      const { store, loseReply } = await faultyDocuments<Creation<Customer>>(setting);
      const registry = new Registry();
      loseReply();
      const made = await lasting(() => once(setting, store, 'order-17', registry.make));
      expect(registry.asked).toHaveLength(1);
      expect(await once(setting, other, 'order-17', makeNothing)).toEqual(made);
    });

    it('is what was made all the same', async () => {
      const { other } = setting;
      const { store, loseReply } = await faultyDocuments<Creation<Customer>>(setting);
      const make = () => {
        loseReply();
        return { id: 5, name: 'Joe' };
      };
      expect(await once(setting, store, 'order-17', make)).toEqual({ id: 5, name: 'Joe' });
      expect(await once(setting, other, 'order-17', makeNothing)).toEqual({ id: 5, name: 'Joe' });
    });
  });
}

/** The first request may be a look, which fails without harm: the caller asks again. */
async function lasting<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    return await call();
  }
}
