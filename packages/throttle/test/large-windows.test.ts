/** Sliding windows of many calls, whose log grows, wraps around and empties. */
import { virtualClock } from '@runafter/clock';
import { limiter } from '@runafter/throttle';
import fc from 'fast-check';
import { expect, it } from 'vitest';

it('starts each call when the window allows it, however many it holds', async () => {
  const burst = fc.record({
    calls: fc.integer({ min: 1, max: 30 }),
    /** Milliseconds between two calls. */
    gap: fc.integer({ min: 0, max: 5 }),
    weight: fc.integer({ min: 1, max: 3 }),
    pause: fc.integer({ min: 0, max: 120 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 3, max: 100 }),
      fc.array(burst, { minLength: 1, maxLength: 10 }),
      async (calls, bursts) => {
        const per = 100;
        const clock = virtualClock({ autoAdvance: true });
        const subject = limiter({ rate: { calls, per }, clock });
        const starts: { at: number; weight: number }[] = [];
        for (const { calls: count, gap, weight, pause } of bursts) {
          await clock.sleep(pause);
          for (let call = 0; call < count; call++) {
            await clock.sleep(gap);
            const earliest = earliestStart(starts, weight, clock.monotonic(), { calls, per });
            using _permit = await subject.acquire({ weight });
            expect(clock.monotonic()).toBe(earliest);
            starts.push({ at: earliest, weight });
          }
        }
        expect(clock.pending).toBe(0);
      },
    ),
    { numRuns: Number(process.env.TEST_RUNS ?? 60) },
  );
}, 600_000);

/** The first moment at which the weights in the window before it leave enough. */
function earliestStart(
  starts: readonly { at: number; weight: number }[],
  weight: number,
  now: number,
  { calls, per }: { calls: number; per: number },
): number {
  const recent = starts.filter(({ at }) => now - at < per);
  const moments = [now, ...recent.map(({ at }) => at + per)];
  const allowed = moments.filter((moment) => {
    const inWindow = recent.filter(({ at }) => moment - at < per);
    return inWindow.reduce((sum, start) => sum + start.weight, weight) <= calls;
  });
  return Math.min(...allowed);
}

it('takes 100,000 calls of a window as quickly as a few, and holds none longer than the window', async () => {
  const clock = virtualClock();
  const subject = limiter({ rate: { calls: 100_000, per: '5m' }, clock });
  for (let call = 0; call < 100_000; call++) {
    if (call % 1_000 === 0) await clock.advance(1);
    (await subject.acquire()).release();
  }
  expect(await subject.tryAcquire()).toBeUndefined();
  expect(subject.nextAt).toEqual(new Date(clock.now() + 300_000 - 99));
  await clock.advance(300_000 - 99);
  for (let call = 0; call < 1_000; call++) expect(await subject.tryAcquire()).toBeDefined();
  expect(await subject.tryAcquire()).toBeUndefined();
});
