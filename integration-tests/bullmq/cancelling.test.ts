/** A run can be cancelled from any process: what is at work is told to stop, what is queued never begins. */
import { deleteRuns, type Flow, RunUnknownError, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { fleetOn } from './fleet.ts';
import { gatedFlow } from './gated-flow.ts';

await onService('redis', ({ url, prefix }) => {
  describe.each([{ eager: true }, { eager: false }])('eager: $eager', ({ eager }) => {
    it('a handler at work is told to stop, and the run ends Cancelled', async () => {
      const fleet = fleetOn(url, prefix);
      const { flow, made, count } = gatedFlow();
      await fleet.work([flow], { eager });
      const run = await fleet.open([flow]).start(flow, 1);
      const call = await made(1);
      expect(await run.cancel('the customer has changed his mind')).toBe(true);
      const result = await run.finished;
      expect(result).toMatchObject({ status: 'Cancelled', error: { code: 'RUN_CANCELLED' } });
      expect(call.signal.aborted).toBe(true);
      expect(result.results.map(({ status }) => status)).toEqual([
        ...['Cancelled', 'Skipped', 'Skipped'],
      ]);
      expect(count()).toBe(1);
      expect(await run.cancel(), 'it has ended').toBe(false);
    });
  });

  it('an action that nobody has taken out of its queue never begins', async () => {
    const fleet = fleetOn(url, prefix);
    const { flow, count } = gatedFlow();
    const scheduler = await fleet.work([flow], { eager: false, actions: 0 });
    const run = await fleet.open([flow]).start(flow, 1);
    const actions = scheduler.queues.find(({ name }) => name === 'actions');
    await expect.poll(() => actions?.getWaitingCount(), { timeout: 20_000 }).toBe(1);
    await run.cancel();
    expect(await run.finished).toMatchObject({ status: 'Cancelled' });
    await fleet.work([flow], { runs: 0 });
    await expect
      .poll(() => actions?.getJobCountByTypes('waiting', 'active'), { timeout: 20_000 })
      .toBe(0);
    expect(count()).toBe(0);
  });

  it('a run that nobody works on yet is cancelled by the first who does', async () => {
    const fleet = fleetOn(url, prefix);
    const { flow, count } = gatedFlow();
    const run = await fleet.open([flow]).start(flow, 1);
    await run.cancel();
    await fleet.work([flow]);
    expect(await run.finished).toMatchObject({ status: 'Cancelled' });
    expect(count()).toBe(0);
  });

  it('an unknown run is refused', async () => {
    const fleet = fleetOn(url, prefix);
    const { flow } = gatedFlow();
    await expect(fleet.open([flow]).run(flow, 'none').cancel()).rejects.toThrow(RunUnknownError);
  });

  it('an action that was handed back more often than processes may be lost is made all the same', async () => {
    const fleet = fleetOn(url, prefix, { lease: '1m', maxDeliveries: 2 });
    const { flow, made } = gatedFlow();
    const run = await fleet.open([flow]).start(flow, 1);
    for (const number of [1, 2, 3]) {
      const leaving = await fleet.work([flow], { eager: false });
      await made(number);
      await leaving.close({ drain: 0 });
    }
    await fleet.work([flow], { eager: false });
    (await made(4)).end('first');
    (await made(5)).end('second');
    expect(await run.finished).toMatchObject({ outputs: ['first', 'second'] });
  });

  it('a run that has the id of a deleted one is waited for by itself, and never run by who only asks', async () => {
    const fleet = fleetOn(url, prefix);
    const pid = workflow('Who', (flow: Flow<number>) =>
      flow.action('Echo', ({ input }) => ({ input, by: 'worker' })),
    );
    const starter = fleet.open([pid]);
    const worker = await fleet.work([pid]);
    expect(await (await starter.start(pid, 1, { runId: 'nightly' })).finished).toMatchObject({
      outputs: { input: 1 },
    });
    await worker.close();
    await deleteRuns(fleet.store(), { endedBefore: Date.now() + 60_000 });
    const again = await starter.start(pid, 2, { runId: 'nightly' });
    const result = again.finished;
    await fleet.work([pid]);
    expect(await result).toMatchObject({ outputs: { input: 2 } });
  });
});
