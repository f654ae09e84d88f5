/** An order to stop that comes between a limiter's permit and the handler: one of the two, never both. */
import type { Limiter } from '@runafter/clock';
import { start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

/** The handler is called, or the action is Skipped, however many turns later the order comes. */
describe.each(Array.from({ length: 12 }, (_, turns) => turns))(
  '%i turns after a permit',
  (turns) => {
    it('an action that was skipped is not called', async () => {
      let letIn: () => void = () => undefined;
      const asked = new Promise<void>((resolve) => {
        letIn = resolve;
      });
      const limiter = {
        acquire: async () => {
          await asked;
          return { release: () => undefined };
        },
        tryAcquire: () => undefined,
      } as unknown as Limiter;
      let calls = 0;
      const flow = workflow('Limited', (flow) => {
        flow.action('Work', () => calls++, { limiter });
      });
      const run = start(flow, undefined);
      await Promise.resolve();
      letIn();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      run.cancel();
      await run.finished;

      expect(run.result('Work')?.status === 'Skipped').toBe(calls === 0);
    });
  },
);
