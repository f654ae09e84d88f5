/** Whatever callers do, never more are in than may be, everybody gets an answer, and nothing is left behind. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GateSetting, gateClock, gates, untilGate } from './gate-setting.ts';

/** In milliseconds: when somebody comes, how long they wait at most, how long they stay. */
interface Visit {
  readonly comes: number;
  readonly patience: number;
  readonly stays: number;
  readonly onlyTries: boolean;
}

const day: fc.Arbitrary<Visit[]> = fc.array(
  fc.record({
    comes: fc.nat(20),
    patience: fc.nat(40),
    stays: fc.nat(8),
    onlyTries: fc.boolean(),
  }),
  { maxLength: 24 },
);

export function gateDayCases(setting: GateSetting): void {
  describe('a random day', () => {
    it(
      'never has more in than may be, answers everybody, and leaves nothing behind',
      async () => {
        const connections = await gates(setting, 3, { concurrency: 2, waiting: 4 });
        const clock = gateClock(setting);
        const property = fc.asyncProperty(day, async (visits) => {
          let inside = 0;
          const ends = visits.map(async ({ comes, patience, stays, onlyTries }, n) => {
            await clock.sleep(comes);
            const controller = new AbortController();
            const gate = connections[n % 3] ?? connections[0];
            const { signal } = controller;
            const calling = onlyTries ? gate.tryEnter({ signal }) : gate.enter({ signal });
            const forget = clock.setTimer(patience, () => controller.abort('No more patience.'));
            const permit = await calling.catch(() => undefined);
            forget();
            if (permit === undefined) return;
            expect(++inside, 'how many are in').toBeLessThanOrEqual(2);
            await clock.sleep(stays);
            inside--;
            permit.release();
          });
          await Promise.all(ends);
          await untilGate(setting, { running: 0, waiting: 0 });
          const both = [await connections[0].enter(), await connections[1].enter()];
          for (const permit of both) permit.release();
          await untilGate(setting, { running: 0, waiting: 0 });
        });
        const { seed } = setting;
        await fc.assert(property, { numRuns: 15, ...(seed !== undefined && { seed }) });
      },
      setting.longest,
    );
  });
}
