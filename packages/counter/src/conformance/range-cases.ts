/** Values are signed 64-bit numbers: exact over the whole range, and never outside of it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { CounterOverflowError } from '../counter-errors.ts';
import { greatest, least } from '../counter-rules.ts';
import { answerOf, atOnce, atomic, connections, need, type Setting } from './setting.ts';

const { MAX_SAFE_INTEGER } = Number;

export function rangeCases(setting: Setting): void {
  describe('a value', () => {
    it('is exact where numbers are not', async () => {
      const { counter, other } = setting;
      await counter.add('cents', MAX_SAFE_INTEGER);
      let value = BigInt(MAX_SAFE_INTEGER);
      for (const amount of [1n, 1n, 1n, 2n ** 60n, 1n, -3n]) {
        await other.add('cents', amount);
        value += amount;
        expect(await counter.read('cents')).toBe(value);
      }
    });

    it('is exact below 0, too', async () => {
      const { counter, other } = setting;
      await counter.add('cents', -MAX_SAFE_INTEGER);
      for (let n = 1n; n <= 3n; n++) {
        await other.add('cents', -1n);
        expect(await counter.read('cents')).toBe(-(2n ** 53n) + 1n - n);
      }
    });

    it.each([
      ['greatest', greatest],
      ['least', least],
    ])('may be the %s of 64 bits', async (_, border) => {
      const { counter, other } = setting;
      await counter.add('cents', border);
      expect(await other.read('cents')).toBe(border);
      expect(await counter.reset('cents'), 'and is handed over').toBe(border);
      expect(await other.read('cents')).toBe(0n);
    });

    it('that was told by an addition is exact', async (context) => {
      need(setting, 'addAndGet')(context);
      const { counter, other } = setting;
      expect(await atomic(counter).addAndGet('cents', greatest)).toBe(greatest);
      expect(await atomic(other).addAndGet('cents', -1)).toBe(greatest - 1n);
      expect(await atomic(counter).addAndGet('cents', least)).toBe(-2n);
      expect(await atomic(other).addAndGet('cents', -(2n ** 53n) - 1n)).toBe(-(2n ** 53n) - 3n);
    });
  });

  describe('an addition that would leave the range', () => {
    beforeEach(need(setting, 'refusesOverflow'));

    it.each([
      ['above', greatest, 1n],
      ['far above', greatest - 5n, greatest],
      ['below', least, -1n],
      ['far below', least + 5n, least],
    ])('%s it is refused, and changes nothing', async (_, value, amount) => {
      const { counter, other } = setting;
      await counter.add('cents', value);
      for (const connection of [counter, other]) {
        const refused = connection.add('cents', amount);
        await expect(refused).rejects.toBeInstanceOf(CounterOverflowError);
        await expect(refused).rejects.toMatchObject({
          code: 'COUNTER_OVERFLOW',
          service: counter.name,
          counter: 'cents',
          value,
          amount,
        });
      }
      expect(await other.read('cents')).toBe(value);
      const back = amount < 0n ? 1n : -1n;
      await counter.add('cents', back);
      expect(await other.read('cents'), 'it goes on from there').toBe(value + back);
    });

    it('does not use up its operation id', async () => {
      const { counter, other } = setting;
      await counter.add('cents', greatest);
      await expect(counter.add('cents', 1, { once: 'op' })).rejects.toMatchObject({
        code: 'COUNTER_OVERFLOW',
      });
      await other.reset('cents');
      await other.add('cents', 1, { once: 'op' });
      expect(await counter.read('cents')).toBe(1n);
    });

    it('is no overflow when its operation has been counted', async () => {
      const { counter, other } = setting;
      await counter.add('cents', greatest, { once: 'op' });
      await other.add('cents', greatest, { once: 'op' });
      expect(await counter.read('cents')).toBe(greatest);
    });

    it('is refused to all but as many as there is room for', async () => {
      const counters = await connections(setting, 4);
      await setting.counter.add('cents', greatest - 7n);
      const answers = await atOnce(counters, 30, (counter) => answerOf(counter.add('cents', 1)));
      const refused = answers.flatMap((answer) => ('refused' in answer ? answer.refused : []));
      expect(refused).toHaveLength(23);
      for (const error of refused) expect(error).toMatchObject({ code: 'COUNTER_OVERFLOW' });
      expect(await setting.other.read('cents')).toBe(greatest);
    });
  });
}
