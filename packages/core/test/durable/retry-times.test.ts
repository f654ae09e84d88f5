/** An action that is retried after a restart began when its first attempt did. */
import { virtualClock } from '@runafter/clock';
import { expect, it } from 'vitest';
import { memoryRunStore, resume, start, workflow } from '../../src/index.ts';

it('has started with its first attempt, also when another process makes the second', async () => {
  const clock = virtualClock();
  const store = memoryRunStore({ clock });
  const flow = workflow('Flow', (flow) =>
    flow.action(
      'Falters',
      async (context) => {
        await clock.sleep(100);
        if (context.attempt === 1) throw new Error('Not yet.');
      },
      { retry: { type: 'fixed', count: 1, interval: 1_000 } },
    ),
  );
  const begun = clock.now();
  const first = start(flow, undefined, { store, runId: 'r', clock });
  first.finished.catch(() => undefined);
  await clock.advance(500);
  await first.suspend();

  const second = await resume(flow, 'r', { store, clock });
  await clock.advance(1_000);
  await second.finished;

  const record = second.result('Falters');
  expect(record?.startTime.getTime()).toBe(begun);
  expect(record?.attempts.map(({ startTime }) => startTime.getTime() - begun)).toEqual([0, 1_100]);
});
