/** Who waits for a lock says so on the channel of waits. */
import { virtualClock, watchWaits } from '@runafter/clock';
import { expect, it, onTestFinished } from 'vitest';
import { memoryLock } from '../src/index.ts';

it('a wait for a lock is told from its refusal to its grant, and a lock that is free is no wait', async () => {
  const clock = virtualClock();
  const lock = memoryLock({ clock });
  const told: string[] = [];
  onTestFinished(
    watchWaits(({ kind, name }) => {
      told.push(`waits for ${kind} ${name}`);
      return (error) => told.push(error === undefined ? 'has it' : 'gives up');
    }),
  );
  const held = await lock.acquire('invoice-42');
  expect(told).toEqual([]);
  const second = lock.acquire('invoice-42', { wait: '1m' });
  const third = lock.acquire('invoice-42', { wait: '1s' });
  third.catch(() => undefined);
  await clock.advance('2s');
  await expect(third).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
  await held.release();
  await (await second).release();
  expect(told).toEqual([
    'waits for lock invoice-42',
    'waits for lock invoice-42',
    'gives up',
    'has it',
  ]);
  await lock.close();
});
