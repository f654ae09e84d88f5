/**
 * What is left after very many calls: nothing.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { leaseLock, memoryLock } from '../src/index.ts';
import { granted, ScriptedDriver } from './scripted-driver.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function heapAfterCollection(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const megabyte = 2 ** 20;

describe('a hundred thousand leases', () => {
  it('on names that come once leave no memory behind', async () => {
    const clock = virtualClock();
    const lock = memoryLock({ clock });
    const { signal } = new AbortController();
    const take = async (from: number, to: number) => {
      for (let number = from; number < to; number++) {
        const lease = await lock.acquire(`name ${number}`, { signal });
        await lease.release();
      }
    };
    await take(0, 2_000);
    const before = heapAfterCollection();
    await take(2_000, 102_000);
    expect((heapAfterCollection() - before) / megabyte).toBeLessThan(2);
    expect(clock.pending).toBe(0);
  });

  it('that the calls of one process wait for in turn leave none either', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    driver.acquires = [granted()];
    const lock = leaseLock(driver, { clock });
    const { signal } = new AbortController();
    const take = async (rounds: number) => {
      for (let round = 0; round < rounds; round++) {
        await Promise.all(
          [1, 2, 3, 4].map(async () => {
            await using _lease = await lock.acquire(`name ${round}`, { signal });
          }),
        );
        driver.log.length = 0;
        driver.requests.length = 0;
        driver.forgetOwners();
      }
    };
    await take(500);
    const before = heapAfterCollection();
    await take(5_000);
    expect((heapAfterCollection() - before) / megabyte).toBeLessThan(2);
    expect(clock.pending).toBe(0);
  });
});
