/** What was closed refuses everything, and takes nothing away from others. */
import { describe, expect, it } from 'vitest';
import { atomic, need, type Setting } from './setting.ts';

export function closingCases(setting: Setting): void {
  describe('a counter that was closed', () => {
    it('may be closed again', async () => {
      const { counter } = setting;
      await Promise.all([counter.close(), counter.close()]);
      await counter.close();
      await counter[Symbol.asyncDispose]();
    });

    it('refuses every call', async () => {
      const { counter, capabilities } = setting;
      await counter.add('orders', 1);
      await counter.close();
      const calls: (() => Promise<unknown>)[] = [
        () => counter.add('orders', 1),
        () => counter.add('orders', 1, { once: 'op' }),
        () => counter.read('orders'),
        () => counter.reset('orders'),
        ...(capabilities.addAndGet ? [() => atomic(counter).addAndGet('orders', 1)] : []),
      ];
      for (const call of calls) {
        await expect(call()).rejects.toMatchObject({
          code: 'SERVICE_CLOSED',
          service: counter.name,
        });
      }
    });

    it('is closed at the end of its block', async () => {
      let after: () => Promise<unknown>;
      {
        await using counter = setting.counter;
        await counter.add('orders', 1);
        after = () => counter.read('orders');
      }
      await expect(after()).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
    });

    it('leaves other connections open, and what was counted there', async (context) => {
      need(setting, 'separateConnections')(context);
      const { counter, other } = setting;
      await counter.add('orders', 1, { once: 'op' });
      await counter.close();
      await other.add('orders', 1, { once: 'op' });
      await other.add('orders', 5);
      expect(await other.read('orders')).toBe(6n);
    });
  });

  describe('a set of counters', () => {
    it('has a name that its errors tell', async () => {
      const { counter } = setting;
      expect(counter.name).toMatch(/\S/);
      await expect(counter.add('orders', 0.5)).rejects.toThrow(counter.name);
    });
  });
}
