/** A process that leaves lets actions end, or hands them over; nothing of its runs waits for a lease. */
import { DistributionClosedError, DistributionOptionError } from '@runafter/bullmq';
import { type Flow, workflow } from '@runafter/core';
import { describe, expect, it, vi } from 'vitest';
import { onService } from '../services/on-service.ts';
import { fleetOn } from './fleet.ts';
import { gatedFlow } from './gated-flow.ts';

const quick = workflow('Quick', (flow: Flow<number>) =>
  flow.action('Add', ({ input }) => input + 1),
);

await onService('redis', ({ url, prefix }) => {
  describe.each([{ eager: true }, { eager: false }])('eager: $eager', ({ eager }) => {
    it('close lets the action that is at work end, and another process goes on', async () => {
      const fleet = fleetOn(url, prefix, { lease: '1m' });
      const { flow, made, count } = gatedFlow();
      const leaving = await fleet.work([flow], { eager });
      const run = await fleet.open([flow]).start(flow, 1, { runId: 'r' });
      const call = await made(1);
      const closed = leaving.close({ drain: '10s' });
      await fleet.work([flow], { eager });
      call.end('first');
      await closed;
      expect(call.signal.aborted).toBe(false);
      (await made(2)).end('second');
      expect(await run.finished).toMatchObject({ outputs: ['first', 'second'] });
      expect(count()).toBe(2);
    });

    it('an action that is not over when the time is up is made by another process, with the same key', async () => {
      const fleet = fleetOn(url, prefix, { lease: '1m' });
      const { flow, made } = gatedFlow();
      const leaving = await fleet.work([flow], { eager });
      const run = await fleet.open([flow]).start(flow, 1, { runId: 'r' });
      const first = await made(1);
      await fleet.work([flow], { eager });
      await leaving.close({ drain: '50ms' });
      expect(first.signal.aborted).toBe(true);
      const second = await made(2);
      expect(second.idempotencyKey).toBe(first.idempotencyKey);
      expect(second.attempt).toBe(1);
      second.end('first');
      (await made(3)).end('second');
      expect(await run.finished).toMatchObject({
        status: 'Succeeded',
        outputs: ['first', 'second'],
      });
    });
  });

  it('a run with nothing at work here goes on elsewhere at once, and not after its lease', async () => {
    const fleet = fleetOn(url, prefix, { lease: '1m' });
    const { flow, made } = gatedFlow();
    const scheduler = await fleet.work([flow], { eager: false, actions: 0 });
    await fleet.work([flow], { runs: 0 });
    const run = await fleet.open([flow]).start(flow, 1);
    const first = await made(1);
    await scheduler.close();
    await fleet.work([flow], { eager: false, actions: 0 });
    first.end('first');
    (await made(2)).end('second');
    expect(await run.finished).toMatchObject({ outputs: ['first', 'second'] });
  });

  it('close can be called twice, before work and while it starts', async () => {
    const fleet = fleetOn(url, prefix);
    await fleet.open([quick]).close();
    const starting = fleet.open([quick]);
    const work = starting.work({ shutdownSignals: [] });
    const refused = expect(work).rejects.toThrow(DistributionClosedError);
    await Promise.all([starting.close(), starting.close({ drain: 0 }), refused]);
    // Whoever comes next finds nobody in its way.
    await fleet.work([quick]);
    const run = await fleet.open([quick]).start(quick, 1);
    expect(await run.finished).toMatchObject({ outputs: 2 });
  });

  it('what is asked of it afterwards is refused, and so is working twice', async () => {
    const fleet = fleetOn(url, prefix);
    const worker = await fleet.work([quick]);
    await expect(worker.work()).rejects.toThrow(DistributionOptionError);
    const { ended } = await fleet.open([quick]).start(quick, 1);
    await ended;
    const known = worker.run(quick, 'elsewhere');
    await worker.close();
    await expect(worker.work()).rejects.toThrow(DistributionClosedError);
    await expect(worker.start(quick, 1)).rejects.toThrow(DistributionClosedError);
    await expect(known.finished).rejects.toThrow(DistributionClosedError);
  });

  it('whoever waits for a run is told when its distribution is closed, and the run goes on', async () => {
    const fleet = fleetOn(url, prefix);
    const starter = fleet.open([quick]);
    const run = await starter.start(quick, 1, { runId: 'r' });
    const refused = expect(run.finished).rejects.toThrow(DistributionClosedError);
    await starter.close();
    await refused;
    await fleet.work([quick]);
    expect(await fleet.open([quick]).run(quick, 'r').finished).toMatchObject({ outputs: 2 });
  });

  it('leaves nothing in the queues of runs that have ended, and tells of no fault', async () => {
    const fleet = fleetOn(url, prefix, { sweep: '1m' });
    const worker = await fleet.work([quick], { eager: false });
    const starter = fleet.open([quick]);
    const runs = await Promise.all([1, 2, 3].map((n) => starter.start(quick, n)));
    await Promise.all(runs.map((run) => run.ended));
    await vi.waitFor(async () => {
      for (const queue of worker.queues) {
        const counts = Object.values(await queue.getJobCounts());
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(0);
      }
    }, 20_000);
    expect(fleet.faults).toEqual([]);
  });
});
