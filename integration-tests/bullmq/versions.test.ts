/** What no process here can go on with waits, for another process or for a person; nothing of it is lost. */
import { DistributionOptionError, type ParkedRun } from '@runafter/bullmq';
import { type Flow, NotStorableError, type Workflow, workflow } from '@runafter/core';
import { WorkflowUnknownError } from '@runafter/core/remote';
import { describe, expect, it, vi } from 'vitest';
import { onService } from '../services/on-service.ts';
import { fleetOn } from './fleet.ts';
import { gatedFlow } from './gated-flow.ts';

function named(version: string | undefined, tells: string): Workflow<number, string> {
  return workflow(
    'Versioned',
    (flow: Flow<number>) => {
      const first = flow.action('First', () => tells);
      return flow.action(`Second`, [first], ([first]) => `${first}, ${tells}`);
    },
    { ...(version !== undefined && { version }) },
  );
}

/** The same name, without a version, and something else in it. */
const changed = workflow('Gated', (flow: Flow<unknown>) => {
  const first = flow.action('First', () => 'a');
  return flow.action('Third', [first], () => ['x']);
});

async function parkedIn(parked: AsyncIterable<ParkedRun>): Promise<ParkedRun[]> {
  const all: ParkedRun[] = [];
  for await (const run of parked) all.push(run);
  return all;
}

await onService('redis', ({ url, prefix }) => {
  describe('versions', () => {
    it('side by side, each run is worked on by processes of its own, also in a queue that they share', async () => {
      const fleet = fleetOn(url, prefix, { queues: { own: { actions: ['Versioned/Second'] } } });
      const [one, two] = [named('1', 'one'), named('2', 'two')];
      const [first, second] = [await fleet.work([one]), await fleet.work([two])];
      const runs = await Promise.all([
        ...Array.from({ length: 4 }, () => first.start(one, 1)),
        ...Array.from({ length: 4 }, () => second.start(two, 1)),
      ]);
      const ends = await Promise.all(runs.map((run) => run.finished));
      const outputs = ends.map((end) => end.status === 'Succeeded' && end.outputs);
      expect(outputs).toEqual([...Array(4).fill('one, one'), ...Array(4).fill('two, two')]);
      const both = fleet.open([one, two]);
      expect((await both.run(one, runs[0]?.id ?? '').finished).status).toBe('Succeeded');
    });

    it('a run of a version that nobody has waits for a process with it, and is told as parked', async () => {
      const fleet = fleetOn(url, prefix);
      const [one, two] = [named('1', 'one'), named('2', 'two')];
      const starter = fleet.open([one]);
      const run = await starter.start(one, 1, { runId: 'r' });
      const other = await fleet.work([two]);
      expect(await parkedIn(other.parked())).toEqual([
        expect.objectContaining({ runId: 'r', version: '1', code: 'WORKFLOW_UNKNOWN' }),
      ]);
      const knowing = await fleet.work([one]);
      expect(await run.finished).toMatchObject({ outputs: 'one, one' });
      expect(await parkedIn(other.parked())).toEqual([]);
      expect(await parkedIn(knowing.parked())).toEqual([]);
    });

    it('a run of another version that waits for its turn with processes that have it is not parked', async () => {
      const fleet = fleetOn(url, prefix);
      const two = named('2', 'two');
      const { flow, made } = gatedFlow({ version: '1' });
      const other = await fleet.work([two]);
      const busy = await fleet.work([flow], { runs: 1 });
      await busy.start(flow, 1);
      const call = await made(1);
      await busy.start(flow, 2, { runId: 'waits' });
      expect(await parkedIn(other.parked())).toEqual([]);
      call.end('a');
    });
  });

  describe('a definition that has changed without a version', () => {
    it('parks the run, which goes on when it is released to a process with the right one', async () => {
      const fleet = fleetOn(url, prefix);
      const { flow, made } = gatedFlow();
      const leaving = await fleet.work([flow]);
      const run = await fleet.open([flow]).start(flow, 1, { runId: 'r' });
      (await made(1)).end('a');
      await made(2);
      await leaving.close({ drain: 0 });
      const wrong = await fleet.work([changed]);
      const parked = await vi.waitUntil(async () => (await parkedIn(wrong.parked()))[0], {
        timeout: 20_000,
      });
      expect(parked).toMatchObject({ runId: 'r', workflow: 'Gated', code: 'DEFINITION_CHANGED' });
      expect(parked.message).toContain('Second');
      await wrong.close();
      const right = await fleet.work([flow]);
      expect(await right.release('r')).toBe(true);
      (await made(3)).end('b');
      expect(await run.finished).toMatchObject({ outputs: ['a', 'b'] });
      expect(await right.release('r')).toBe(false);
      expect(await right.release('nobody')).toBe(false);
    });

    it('all that is parked can be released while it is listed', async () => {
      const fleet = fleetOn(url, prefix);
      const { flow } = gatedFlow();
      const starter = fleet.open([flow]);
      const ids = Array.from({ length: 5 }, (_, n) => `run ${n}`);
      for (const runId of ids) await starter.start(flow, 1, { runId });
      const wrong = await fleet.work([changed]);
      await vi.waitUntil(async () => (await parkedIn(wrong.parked())).length === 5, {
        timeout: 20_000,
      });
      await wrong.close();
      const released: string[] = [];
      for await (const { runId } of starter.parked()) {
        if (await starter.release(runId)) released.push(runId);
      }
      expect(released.sort()).toEqual(ids);
    });
  });

  describe('what is refused at once', () => {
    const quick = named(undefined, 'x');

    it('a run of a workflow that was not given to distribute', async () => {
      const fleet = fleetOn(url, prefix);
      const distribution = fleet.open([quick]);
      await expect(distribution.start(named('3', 'three'), 1)).rejects.toThrow(
        WorkflowUnknownError,
      );
    });

    it('an input that has no form in a store: nothing is started', async () => {
      const fleet = fleetOn(url, prefix);
      const flow = workflow('Any', (flow: Flow<unknown>) => void flow.action('A', () => 1));
      const distribution = fleet.open([flow]);
      const run = distribution.start(flow, { call: () => 1 }, { runId: 'r' });
      await expect(run).rejects.toThrow(NotStorableError);
      expect(await fleet.store().readRun('r')).toBeUndefined();
    });

    it.each([
      ['priority', 0],
      ['priority', 1.5],
      ['priority', 2_097_153],
    ])('a run with %s %s: nothing is started', async (_, priority) => {
      const fleet = fleetOn(url, prefix);
      const run = fleet.open([quick]).start(quick, 1, { runId: 'r', priority });
      await expect(run).rejects.toThrow(DistributionOptionError);
      expect(await fleet.store().readRun('r')).toBeUndefined();
    });

    it.each([
      ['runs', { runs: -1 }],
      ['actions', { actions: Number.NaN }],
      ['queues', { queues: ['mial'] }],
    ])('work with senseless %s, and it can be told again', async (option, work) => {
      const fleet = fleetOn(url, prefix);
      const distribution = fleet.open([quick], {
        queues: { mail: { actions: ['Versioned/First'] } },
      });
      const refused = distribution.work({ shutdownSignals: [], ...work });
      await expect(refused).rejects.toMatchObject({ code: 'DISTRIBUTION_OPTION_INVALID', option });
      await distribution.work({ shutdownSignals: [] });
      expect((await (await distribution.start(quick, 1)).finished).status).toBe('Succeeded');
    });
  });

  it.each([true, false])(
    'an output that has no form in a store fails its action, eager: %s',
    async (eager) => {
      const flow = workflow('Odd', (flow: Flow<void>) =>
        flow.action('Give', () => ({ call: () => 1 })),
      );
      const fleet = fleetOn(url, prefix);
      const worker = await fleet.work([flow], { eager });
      const result = await (await worker.start(flow, undefined)).finished;
      expect(result.status).toBe('Failed');
      expect(result.results[0]?.error?.code).toBe('VALUE_NOT_STORABLE');
    },
  );
});
