/**
 * Random sagas, stopped and killed at any moment, against an oracle that knows nothing of their code.
 *
 * A failure names the run; TEST_SEED repeats it. TEST_RUNS says how many runs there are, of 1 to 3 sagas
 * each; default 800.
 */
import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { judged } from './model/judge.ts';
import { randomRunPlan } from './model/random-run-plan.ts';
import { runToItsEnd } from './model/run-to-its-end.ts';

const seed = Number(process.env.TEST_SEED ?? randomInt(2 ** 31));
const runs = Number(process.env.TEST_RUNS ?? 800);

describe(`sagas in ${runs} random runs`, { timeout: 60_000 + runs * 50 }, () => {
  it('leave nothing that is neither wanted, nor undone, nor reported', async () => {
    const counts = new Map<string, number>();
    for (let number = 0; number < runs; number++) {
      const plan = randomRunPlan(`${seed} ${number}`);
      const { complaints, cases } = judged(plan, await runToItsEnd(plan));
      if (complaints.length > 0) {
        const hint = `Repeat with TEST_SEED=${seed}. Run ${number}: ${JSON.stringify(plan)}`;
        expect.fail(`${complaints.join('\n')}\n${hint}`);
      }
      for (const name of cases) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const [name, percent] of Object.entries(expectedCases)) {
      const least = Math.floor((runs * percent) / 100);
      expect(counts.get(name) ?? 0, `cases of "${name}"`).toBeGreaterThanOrEqual(least);
    }
  });
});

/** What the runs must reach, for each hundred of them: about a third of what they do. */
const expectedCases: Readonly<Record<string, number>> = {
  Succeeded: 20,
  Failed: 15,
  Cancelled: 3,
  TimedOut: 2,
  COMPENSATION_FAILED: 5,
  SAGA_INCOMPLETE: 1,
  done: 50,
  undone: 30,
  'not-needed': 50,
  unknown: 8,
  'undo-failed': 6,
  'past its pivot': 4,
  'undoing tried again': 8,
  'effect after undoing': 0.3,
  killed: 8,
  'killed more than once': 2,
  'killed while undoing': 3,
  'tried again later': 5,
  cancel: 5,
  terminate: 5,
};
