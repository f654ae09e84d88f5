/** The weights of what is held never add up to more than there is, and each permit is given back by itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SemaphorePermit } from '../semaphore-port.ts';
import { type SemaphoreSetting, semaphores } from './semaphore-setting.ts';
import { clockOf, eachOf, need, soon } from './setting.ts';

export function permitCases(setting: SemaphoreSetting): void {
  describe('the permits of a name', () => {
    it('are as many as were asked for, for all connections together', async () => {
      const [one, other] = await semaphores(setting, 2, { permits: 3 });
      const tries = eachOf([one, other], 10, (semaphore) => semaphore.tryAcquire('api'));
      const held = (await Promise.all(tries)).filter((permit) => permit !== undefined);
      expect(held).toHaveLength(3);
      await held[1]?.release();
      expect(await other.tryAcquire('api')).toBeDefined();
      expect(await one.tryAcquire('api')).toBeUndefined();
      for (const n of [0, 2]) held[n]?.assertHeld();
    });

    it('are never exceeded by 60 who wait for different weights', async () => {
      const connections = await semaphores(setting, 4, { permits: 5 });
      const clock = clockOf(setting);
      let inside = 0;
      let most = 0;
      const turns = eachOf(connections, 60, async (semaphore, n) => {
        await using permit = await semaphore.acquire('api', { weight: 1 + (n % 3), wait: '2m' });
        inside += permit.weight;
        most = Math.max(most, inside);
        await clock.sleep(1);
        permit.assertHeld();
        inside -= permit.weight;
      });
      await Promise.all(turns);
      expect(most, 'the greatest sum of weights').toBe(5);
    }, 120_000);

    it('are counted for each name by itself', async () => {
      const [semaphore, other] = await semaphores(setting, 2, { permits: 1 });
      await using permit = await semaphore.acquire('api');
      await using elsewhere = await other.acquire('API', { wait: 0 });
      permit.assertHeld();
      elsewhere.assertHeld();
    });

    it('come back with their weight', async () => {
      const [semaphore, other] = await semaphores(setting, 2, { permits: 4 });
      const light = await semaphore.acquire('api');
      const heavy = await semaphore.acquire('api', { weight: 3 });
      expect(await other.tryAcquire('api')).toBeUndefined();
      await heavy.release();
      expect(await other.tryAcquire('api', { weight: 4 })).toBeUndefined();
      await using three = await other.acquire('api', { weight: 3, wait: 0 });
      await heavy.release();
      expect(await semaphore.tryAcquire('api'), 'after a second release').toBeUndefined();
      three.assertHeld();
      light.assertHeld();
    });

    it('may all be taken by one', async () => {
      const [semaphore, other] = await semaphores(setting, 2, { permits: 100 });
      await using all = await semaphore.acquire('api', { weight: 100 });
      expect(all.weight).toBe(100);
      expect(await other.tryAcquire('api')).toBeUndefined();
    });

    it('are all there again after a random day', async () => {
      const connections = await semaphores(setting, 3, { permits: 4 });
      const clock = clockOf(setting);
      let days = 0;
      const property = fc.asyncProperty(day, async (visits) => {
        const name = `api-${++days}`;
        let inside = 0;
        const visit = async (semaphore: (typeof connections)[0], n: number) => {
          const { weight, patience, stay } = visits[n] as Visit;
          const permit = await semaphore.acquire(name, { weight, wait: patience }).catch(toldLate);
          if (permit === undefined) return;
          inside += weight;
          expect(inside, 'the sum of weights').toBeLessThanOrEqual(4);
          await clock.sleep(stay);
          permit.assertHeld();
          inside -= weight;
          await permit.release();
        };
        await Promise.all(eachOf(connections, visits.length, visit));
        await using all = await connections[0].acquire(name, { weight: 4, wait: soon });
        all.assertHeld();
      });
      const { seed } = setting;
      await fc.assert(property, { numRuns: 15, ...(seed !== undefined && { seed }) });
    }, 120_000);

    it('are as many as whoever asks says, when they disagree', async (context) => {
      need(setting, 'separateConnections')(context);
      const few = await setting.place.connect({ permits: 2 });
      const many = await setting.place.connect({ permits: 4 });
      const held = [await few.acquire('api'), await few.acquire('api')];
      expect(await few.tryAcquire('api')).toBeUndefined();
      held.push(await many.acquire('api', { wait: 0 }), await many.acquire('api', { wait: 0 }));
      expect(await many.tryAcquire('api')).toBeUndefined();
      for (const permit of held.splice(0, 2)) await permit.release();
      expect(await few.tryAcquire('api'), 'while 2 are held').toBeUndefined();
      await held[0]?.release();
      expect(await few.tryAcquire('api')).toBeDefined();
    });
  });

  describe('a permit', () => {
    it('tells its name, its owner and its weight', async () => {
      const semaphore = await setting.place.connect({ permits: 3, holder: 'web-1' });
      await using permit = await semaphore.acquire('api', { weight: 2 });
      expect(permit).toMatchObject({ name: 'api', weight: 2 });
      expect(permit.owner).toMatch(/^web-1:.+/);
      expect(permit.signal.aborted).toBe(false);
      expect(permit).not.toHaveProperty('token');
      await using next = await semaphore.acquire('api');
      expect(next.owner).not.toBe(permit.owner);
      expect(semaphore.permits).toBe(3);
    });

    it('that was released says so', async () => {
      const semaphore = await setting.place.connect({ permits: 1 });
      const permit = await semaphore.acquire('api');
      await Promise.all([permit.release(), permit.release()]);
      expect(permit.signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
    });
  });

  describe('what can never be granted', () => {
    it.each([0, -1, 1.5, 4, Number.NaN])('such as a weight of %s is refused', async (weight) => {
      const semaphore = await setting.place.connect({ permits: 3 });
      const refused = { code: 'LOCK_OPTION_INVALID', option: 'weight' };
      await expect(semaphore.acquire('api', { weight })).rejects.toMatchObject(refused);
      await expect(semaphore.tryAcquire('api', { weight })).rejects.toMatchObject(refused);
    });

    it.each([0, -1, 1.5, 2 ** 53])('such as one of %s permits is refused', async (permits) => {
      await expect(setting.place.connect({ permits })).rejects.toMatchObject({
        code: 'LOCK_OPTION_INVALID',
        option: 'permits',
      });
    });

    it('such as a name of no characters is refused', async () => {
      const semaphore = await setting.place.connect({ permits: 3 });
      const refused = { code: 'LOCK_NAME_INVALID', service: semaphore.name };
      await expect(semaphore.acquire('')).rejects.toMatchObject(refused);
      await expect(semaphore.tryAcquire('')).rejects.toMatchObject(refused);
    });
  });
}

/** Times are in milliseconds. */
interface Visit {
  readonly weight: number;
  readonly patience: number;
  readonly stay: number;
}

const day: fc.Arbitrary<readonly Visit[]> = fc.array(
  fc.record({
    weight: fc.integer({ min: 1, max: 4 }),
    patience: fc.constantFrom(0, 3, 10, 30_000),
    stay: fc.integer({ min: 0, max: 8 }),
  }),
  { minLength: 1, maxLength: 15 },
);

function toldLate(error: unknown): SemaphorePermit | undefined {
  expect(error).toMatchObject({ code: 'LOCK_TIMEOUT' });
  return undefined;
}
