/** What stands in the store and in no queue is found; what a silent process has is made again, and its report refused. */
import { type Flow, RunUnknownError, workflow } from '@runafter/core';
import { submitRun } from '@runafter/core/remote';
import { describe, expect, it, vi } from 'vitest';
import { onService } from '../services/on-service.ts';
import { type Fleet, fleetOn } from './fleet.ts';
import { gatedFlow } from './gated-flow.ts';

const quick = workflow('Quick', (flow: Flow<number>) =>
  flow.action('Add', ({ input }) => input + 1),
);

await onService('redis', ({ url, prefix }) => {
  /** As if the Redis of the queues had come back empty; the runs are elsewhere. */
  async function loseQueues(fleet: Fleet): Promise<void> {
    const client = fleet.client();
    const keys = await client.keys(`${fleet.prefix}:*`);
    expect(keys.length).toBeGreaterThan(0);
    await client.del(keys);
  }

  describe('what is in the store and in no queue', () => {
    it('is found: a run whose starter was gone before it was enqueued', async () => {
      const fleet = fleetOn(url, prefix);
      await submitRun(quick, 1, { store: fleet.store(), runId: 'before' });
      await fleet.work([quick]);
      const starter = fleet.open([quick]);
      expect(await starter.run(quick, 'before').finished).toMatchObject({ outputs: 2 });
      await submitRun(quick, 2, { store: fleet.store(), runId: 'later' });
      expect(await starter.run(quick, 'later').finished).toMatchObject({ outputs: 3 });
    });

    it('is found: runs of a queue that has lost everything, also the look after it', async () => {
      const fleet = fleetOn(url, prefix);
      const starter = fleet.open([quick]);
      const runs = await Promise.all([1, 2, 3].map((n) => starter.start(quick, n)));
      await loseQueues(fleet);
      await fleet.work([quick]);
      await Promise.all(runs.map((run) => run.finished));
      await loseQueues(fleet);
      await submitRun(quick, 5, { store: fleet.store(), runId: 'after' });
      expect(await starter.run(quick, 'after').finished).toMatchObject({ outputs: 6 });
    });

    it('is found: an action whose job the queue has lost before anybody took it', async () => {
      const fleet = fleetOn(url, prefix);
      const scheduler = await fleet.work([quick], { actions: 0, eager: false });
      const run = await scheduler.start(quick, 1);
      const actions = scheduler.queues.find(({ name }) => name === 'actions');
      await vi.waitFor(async () => expect(await actions?.getWaitingCount()).toBe(1), 20_000);
      await loseQueues(fleet);
      await fleet.work([quick], { runs: 0 });
      expect(await run.finished).toMatchObject({ outputs: 2 });
    });

    it('is found: a run that is scheduled while the queue loses everything ends once', async () => {
      const fleet = fleetOn(url, prefix);
      const { flow, made, count } = gatedFlow();
      await fleet.work([flow], { eager: true });
      await fleet.work([flow], { eager: true });
      const run = await fleet.open([flow]).start(flow, 1);
      const first = await made(1);
      await loseQueues(fleet);
      first.end('first');
      (await made(2)).end('second');
      expect(await run.finished).toMatchObject({ outputs: ['first', 'second'] });
      expect(count()).toBe(2);
    });
  });

  it('a run that was deleted is given up, and who waits for it is told', async () => {
    const fleet = fleetOn(url, prefix);
    const starter = fleet.open([quick]);
    const run = await starter.start(quick, 1, { runId: 'r' });
    await fleet.store().deleteRun('r');
    await expect(run.finished).rejects.toThrow(RunUnknownError);
    const worker = await fleet.work([quick]);
    await vi.waitFor(
      async () =>
        expect(await worker.queues[0]?.getJobCounts('waiting', 'failed')).toEqual({
          waiting: 0,
          failed: 0,
        }),
      20_000,
    );
  });

  describe('a process that is silent for longer than its lease', () => {
    /** It does its work, and never says that it is still there. */
    const silent = { bullmq: { worker: { skipLockRenewal: true } } };

    it('loses its action to another one, with the same key, and its late report is refused', async () => {
      const fleet = fleetOn(url, prefix);
      const { flow, made } = gatedFlow({ isDeaf: true });
      await fleet.work([flow], { actions: 0, eager: false });
      const stuck = await fleet.work([flow], { runs: 0, actions: 1 }, silent);
      const run = await fleet.open([flow]).start(flow, 1);
      const [first] = [await made(1), await fleet.work([flow], { runs: 0 })];
      const again = await made(2);
      first.end('too late');
      await stuck.close({ drain: '5s' });
      again.end('first');
      (await made(3)).end('second');
      expect(await run.finished).toMatchObject({ outputs: ['first', 'second'] });
      expect(again.idempotencyKey).toBe(first.idempotencyKey);
    });

    it('goes on where it is, when the queue delivers to it what it has already', async () => {
      // Nothing is renewed before the sweep has come, for then the process would learn of the loss.
      const fleet = fleetOn(url, prefix, { lease: '20s' });
      const { flow, made, count } = gatedFlow();
      const worker = await fleet.work([flow], { eager: false });
      const actions = worker.queues.find(({ name }) => name === 'actions');
      const run = await fleet.open([flow]).start(flow, 1);
      const first = await made(1);
      await loseQueues(fleet);
      await vi.waitUntil(async () => (await actions?.getActiveCount()) === 1, 20_000);
      first.end('first');
      (await made(2)).end('second');
      expect(await run.finished).toMatchObject({ outputs: ['first', 'second'] });
      expect(count()).toBe(2);
    });

    it('is told so, and what its handler then fails with is no failure of the action', async () => {
      const fleet = fleetOn(url, prefix, { sweep: '3s' });
      const { flow, made } = gatedFlow();
      await fleet.work([flow], { actions: 0, eager: false });
      await fleet.work([flow], { runs: 0 });
      const run = await fleet.open([flow]).start(flow, 1);
      const first = await made(1);
      // The lock is gone, and nobody else has the action yet.
      await loseQueues(fleet);
      await vi.waitUntil(() => first.signal.aborted, 20_000);
      const second = await made(2);
      expect(second.attempt).toBe(1);
      second.end('first');
      (await made(3)).end('second');
      expect(await run.finished).toMatchObject({
        status: 'Succeeded',
        outputs: ['first', 'second'],
      });
    });
  });
});
