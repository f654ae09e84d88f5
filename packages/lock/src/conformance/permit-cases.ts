/** The weights of what is held never add up to more than there is. */
import { describe, expect, it } from 'vitest';
import { type SemaphoreSetting, semaphores } from './semaphore-setting.ts';
import { clockOf } from './setting.ts';

export function permitCases(setting: SemaphoreSetting): void {
  describe('the permits of a name', () => {
    it('are as many as were asked for, for all connections together', async () => {
      const [one, other] = await semaphores(setting, 2, { permits: 3 });
      const tries = Array.from({ length: 10 }, (_, n) => (n % 2 ? one : other)?.tryAcquire('api'));
      const held = (await Promise.all(tries)).filter((permit) => permit !== undefined);
      expect(held).toHaveLength(3);
      await held[1]?.release();
      expect(await other?.tryAcquire('api')).toBeDefined();
      expect(await one.tryAcquire('api')).toBeUndefined();
    });

    it('are never exceeded by 60 who wait for different weights', async () => {
      const connections = await semaphores(setting, 4, { permits: 5 });
      const clock = clockOf(setting);
      let inside = 0;
      let most = 0;
      const turns = Array.from({ length: 60 }, async (_, n) => {
        const weight = 1 + (n % 3);
        const semaphore = connections[n % connections.length] ?? connections[0];
        await using permit = await semaphore.acquire('api', { weight, wait: '2m' });
        inside += permit.weight;
        most = Math.max(most, inside);
        await clock.sleep(1);
        permit.assertHeld();
        inside -= permit.weight;
      });
      await Promise.all(turns);
      expect(most, 'the greatest sum of weights').toBe(5);
    }, 120_000);
  });
}
