/** What is read while others add. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Counter } from '../counter-port.ts';
import { atOnce, connections, need, type Setting } from './setting.ts';

export function readCases(setting: Setting): void {
  describe('reading while others add', () => {
    it('misses nothing that was acknowledged, and holds nothing that nobody has sent', async () => {
      const counters = await connections(setting, 4);
      let sent = 0n;
      let acknowledged = 0n;
      await atOnce(counters, 60, async (counter, n) => {
        if (n % 3 !== 2) {
          sent++;
          await counter.add('orders', 1);
          acknowledged++;
          return;
        }
        for (let round = 0; round < 3; round++) {
          const atLeast = acknowledged;
          const value = await counter.read('orders');
          expect(value).toBeGreaterThanOrEqual(atLeast);
          expect(value).toBeLessThanOrEqual(sent);
        }
      });
      expect(await setting.other.read('orders')).toBe(40n);
    });

    it('never goes back for one reader while nobody takes away', async () => {
      const counters = await connections(setting, 4);
      await atOnce(counters, 40, async (counter, n) => {
        if (n % 2) await counter.add('orders', 1);
        else await expectGrowing(counter);
      });
    });
  });

  describe('reading', () => {
    beforeEach(need(setting, 'linearizableRead'));

    it('gives the value of one moment: what two read is never two orders of the same additions', async () => {
      const counters = await connections(setting, 4);
      const values = await atOnce(counters, 8, async (counter, n) => {
        const seen = [await counter.read('orders')];
        for (let round = 0; round < 7; round++) {
          // Each amount is a bit of its own, so a value tells which additions it holds.
          await counter.add('orders', 1n << BigInt(n * 7 + round));
          for (let read = 0; read <= n % 3; read++) seen.push(await counter.read('orders'));
        }
        return seen;
      });
      const sorted = values.flat().sort((a, b) => bitsOf(a) - bitsOf(b));
      for (const [n, value] of sorted.entries()) {
        const before = sorted[n - 1] ?? 0n;
        expect(value & before, 'the larger one holds all of the smaller one').toBe(before);
      }
    });
  });

  async function expectGrowing(counter: Counter): Promise<void> {
    let before = 0n;
    for (let round = 0; round < 4; round++) {
      const value = await counter.read('orders');
      expect(value).toBeGreaterThanOrEqual(before);
      before = value;
    }
  }
}

function bitsOf(value: bigint): number {
  return value.toString(2).replaceAll('0', '').length;
}
