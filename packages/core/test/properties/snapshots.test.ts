/**
 * Random workflows, looked at from outside: who has only the store sees what the process of the run saw,
 * and explains it in the same words.
 * @module
 */
import { describe, expect, it } from 'vitest';
import { type RunSnapshot, readSnapshot, snapshot } from '../../src/index.ts';
import { dataWorkflow } from '../model/data-workflow.ts';
import { seededDraw } from '../model/draw.ts';
import { runId } from '../model/durable-journal.ts';
import { runDurably } from '../model/durable-run.ts';
import { edgesOnly } from '../model/plan.ts';
import { randomPlan } from '../model/random-plan.ts';
import { typedWorkflow } from '../model/typed-workflow.ts';
import { isClear, report } from './check-plans.ts';
import { seed, seedHint } from './seed.ts';

/** They take seconds; the limit is for machines on which everything else runs as well. */
const timeout = 120_000;

describe('a snapshot of a run that has ended', { timeout }, () => {
  it.each([
    { label: 'typed builder', form: typedWorkflow, timed: false },
    { label: 'typed builder, time-outs and cancels', form: typedWorkflow, timed: true },
    { label: 'data form', form: dataWorkflow, timed: true, adapt: edgesOnly },
  ])('is the same of the store as of the run: 100 graphs, $label', async (options) => {
    const { form, timed, label, adapt = (plan) => plan } = options;
    for (let index = 0, checked = 0; checked < 100; index++) {
      const plan = adapt(
        randomPlan(seededDraw(`${seed} snapshots ${label} ${index}`), { timed, durable: true }),
      );
      if (!isClear(plan)) continue;
      checked++;
      const { run, store } = await runDurably(plan, { form, timed, crashes: [] });
      if (run === undefined) throw new Error(`${seedHint} ${report(plan, ['never ended'])}`);

      const seen = comparable(snapshot(run));
      const read = comparable(await readSnapshot(store, runId));

      expect(read, `${seedHint} ${report(plan, [])}`).toEqual(seen);
      expect(read.explanation).toEqual(run.why());
    }
  });
});

/** Of iterations that a loop drops only the process of the run has seen what they used. */
function comparable(taken: RunSnapshot): Omit<RunSnapshot, 'usage'> {
  const { usage: _, ...rest } = taken;
  return rest;
}
