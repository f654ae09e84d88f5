/** An operation id counts once on a counter, whoever comes with it and how often. */
import { beforeEach, describe, expect, it } from 'vitest';
import { atOnce, connections, day, need, passTime, type Setting } from './setting.ts';

/** Ids that one backend or another takes for the same, or for part of a command. */
const ids = [
  'op',
  'OP',
  'Op',
  'op ',
  ' op',
  'op\t',
  'op,op2',
  'o',
  '%',
  '_',
  '*',
  "'; drop table counters; --",
  '"op"',
  'op/1',
  'op:1',
  'é',
  'e\u0301',
  'ａ',
  'a',
  'a\u200b',
  '😀',
  '😁',
  '1',
  '01',
  '__proto__',
  'x'.repeat(200),
  `${'x'.repeat(199)}y`,
  // As idempotency keys are, of actions deep inside of scopes.
  'x'.repeat(201),
  `${'x'.repeat(5_000)}y`,
  `${'x'.repeat(5_000)}z`,
  '€'.repeat(200),
  '😀'.repeat(100),
];

export function onceCases(setting: Setting): void {
  describe('an addition with an operation id', () => {
    it('counts once, however often it comes, on any connection', async () => {
      const counters = await connections(setting, 4);
      for (const counter of [...counters, ...counters]) {
        await counter.add('orders', 5, { once: 'op-1' });
        expect(await counter.read('orders')).toBe(5n);
      }
    });

    it('counts once of 40 at the same time from four connections', async () => {
      const counters = await connections(setting, 4);
      await atOnce(counters, 40, (counter) => counter.add('orders', 5, { once: 'op-1' }));
      expect(await setting.other.read('orders')).toBe(5n);
    });

    it('counts once of each id, when many come several times at once', async () => {
      const counters = await connections(setting, 4);
      await atOnce(counters, 120, (counter, n) =>
        counter.add('orders', 1, { once: `op-${n % 30}` }),
      );
      expect(await setting.other.read('orders')).toBe(30n);
    });

    it('counts once whatever amount comes with it', async () => {
      const { counter, other } = setting;
      await counter.add('orders', 5, { once: 'op-1' });
      await other.add('orders', 7, { once: 'op-1' });
      await other.add('orders', -5, { once: 'op-1' });
      expect(await counter.read('orders')).toBe(5n);
    });

    it('counts once although its amount is 0', async () => {
      const { counter, other } = setting;
      await counter.add('orders', 0, { once: 'op-1' });
      await other.add('orders', 5, { once: 'op-1' });
      expect(await counter.read('orders')).toBe(0n);
    });

    it('does not count again after a reset', async () => {
      const { counter, other } = setting;
      await counter.add('orders', 5, { once: 'op-1' });
      expect(await other.reset('orders')).toBe(5n);
      await counter.add('orders', 5, { once: 'op-1' });
      await other.add('orders', 3, { once: 'op-2' });
      expect(await counter.read('orders')).toBe(3n);
    });

    it('counts on another counter, too', async () => {
      const { counter, other } = setting;
      for (const name of ['orders', 'order', 'orders-op', 'Orders']) {
        await counter.add(name, 5, { once: 'op-1' });
        await other.add(name, 5, { once: 'op-1' });
        expect(await counter.read(name)).toBe(5n);
      }
    });

    it('leaves additions without one alone', async () => {
      const { counter, other } = setting;
      await counter.add('orders', 1, { once: 'op-1' });
      await other.add('orders', 1);
      await other.add('orders', 1);
      expect(await counter.read('orders')).toBe(3n);
    });

    it('tells ids apart exactly', async () => {
      const { counter, other } = setting;
      for (const [n, once] of ids.entries()) {
        await counter.add('orders', 1, { once });
        expect(await counter.read('orders'), `${once.slice(0, 20)} is new`).toBe(BigInt(n + 1));
      }
      for (const once of ids) await other.add('orders', 1, { once });
      expect(await other.read('orders'), 'none of them is new').toBe(BigInt(ids.length));
    });
  });

  describe('an operation id', () => {
    beforeEach(need(setting, 'expiry'));

    it('is kept for the time that was asked for', async () => {
      const counter = await setting.place.connect({ keepIds: day });
      await counter.add('orders', 1, { once: 'op-1' });
      await passTime(setting, 0.9 * day);
      await counter.add('orders', 1, { once: 'op-1' });
      expect(await counter.read('orders')).toBe(1n);
    });

    it('is kept from its first use on, and counts again a good while after that time', async () => {
      const counter = await setting.place.connect({ keepIds: day });
      await counter.add('orders', 1, { once: 'op-1' });
      await passTime(setting, 0.9 * day);
      await counter.add('orders', 1, { once: 'op-1' });
      await passTime(setting, 0.4 * day);
      await counter.add('orders', 1, { once: 'op-2' });
      await counter.add('orders', 1, { once: 'op-1' });
      expect(await counter.read('orders'), 'a repetition does not keep it alive').toBe(3n);
      await passTime(setting, 0.9 * day);
      await counter.add('orders', 1, { once: 'op-1' });
      await counter.add('orders', 1, { once: 'op-2' });
      expect(await counter.read('orders'), 'and is kept as long again').toBe(3n);
    });

    it('of many expires for itself', async () => {
      const counter = await setting.place.connect({ keepIds: day });
      for (let n = 0; n < 20; n++) await counter.add('orders', 1, { once: `early-${n}` });
      await passTime(setting, 0.6 * day);
      for (let n = 0; n < 20; n++) await counter.add('orders', 1, { once: `late-${n}` });
      await passTime(setting, 0.7 * day);
      for (let n = 0; n < 20; n++) await counter.add('orders', 1, { once: `late-${n}` });
      expect(await counter.read('orders'), 'the late ones are known').toBe(40n);
      for (let n = 0; n < 20; n++) await counter.add('orders', 1, { once: `early-${n}` });
      expect(await counter.read('orders'), 'the early ones are new').toBe(60n);
    });
  });
}
