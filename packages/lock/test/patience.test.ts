/** How long a call on leases puts up with a service that does not answer, beside how long it waits. */
import { virtualClock } from '@runafter/clock';
import { ServiceUnavailableError } from '@runafter/errors';
import { expect, it } from 'vitest';
import { Holding, Leasing } from '../src/leasing-entry.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { busy, granted, ScriptedDriver } from './scripted-driver.ts';

expectNothingEscapes();

function make() {
  const clock = virtualClock();
  const driver = new ScriptedDriver(clock, { queues: true });
  const leasing = new Leasing(
    driver,
    { clock, random: () => 0.5 },
    {
      shared: true,
      waitKind: 'lock',
      hold: (tools, claim) => new Holding(tools, claim),
    },
  );
  const acquire = (patience?: number) =>
    leasing.acquire(
      'name',
      { wait: '1h' },
      { weight: 1, ...(patience !== undefined && { patience }) },
    );
  return { clock, driver, leasing, acquire };
}

const failing = () => Promise.reject(new ServiceUnavailableError('Scripted locks', 'not-done'));

it('fails as the last request when all have failed for so long', async () => {
  const { clock, driver, leasing, acquire } = make();
  driver.acquires = [failing];
  const waiting = acquire(10_000);
  const failed = expect(waiting).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await clock.advance('9s');
  const asked = driver.times('acquire').length;
  expect(asked).toBeGreaterThan(5);
  await clock.advance('3s');
  await failed;
  expect(driver.times('acquire').at(-1)).toBeGreaterThanOrEqual(10_000);
  await leasing.close();
  expect(clock.pending).toBe(0);
});

it('begins anew with each request that is answered', async () => {
  const { clock, driver, leasing, acquire } = make();
  driver.acquires = [failing, failing, failing, failing, busy(), failing, failing, granted(1n)];
  const waiting = acquire(1_000);
  await clock.advance('5s');
  await (await waiting).release();
  await leasing.close();
});

it('has no end where nothing else is said', async () => {
  const { clock, driver, leasing, acquire } = make();
  driver.acquires = [failing];
  const waiting = acquire();
  await clock.advance('59m');
  driver.acquires = [granted(1n)];
  await clock.advance('2s');
  await (await waiting).release();
  await leasing.close();
});
