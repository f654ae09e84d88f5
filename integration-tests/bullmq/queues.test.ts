/** Queues of their own, their bounds and priorities, and what BullMQ's own tools see of them. */
import { fixed } from '@runafter/clock';
import { type Flow, type Workflow, workflow } from '@runafter/core';
import { redisLimiter, redisRunGate } from '@runafter/redis';
import { type Job, MetricsTime, type Queue, QueueEvents } from 'bullmq';
import { describe, expect, it, vi } from 'vitest';
import { onService } from '../services/on-service.ts';
import { type Fleet, fleetOn } from './fleet.ts';
import { gatedFlow } from './gated-flow.ts';

/** Counts how many are in at once, over all processes: they are all in this one. */
class Tally {
  most = 0;
  total = 0;
  now = 0;

  async stay(ms = 15): Promise<void> {
    this.now += 1;
    this.total += 1;
    this.most = Math.max(this.most, this.now);
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.now -= 1;
  }
}

/** A loop of so many items, whose action stays in the tally. */
function loopOf(
  tally: Tally,
  concurrency: number,
  key?: (item: number) => string,
): Workflow<number, unknown> {
  return workflow('Loop_Of', (flow: Flow<number>) =>
    flow.forEach(
      'Each',
      [],
      (_, { input }) => Array.from({ length: input }, (_, n) => n),
      (each) => each.action('Stay', () => tally.stay()),
      { concurrency, keep: 'summary', ...(key && { key }) },
    ),
  );
}

await onService('redis', ({ url, prefix }) => {
  const own = (name: string): string => `${prefix}${name}:`;

  describe('bounds', () => {
    // Nobody is lost here: a machine that is busy must not make it look so, for then calls are made again.
    const lease = '1m';

    it('a queue of its own is worked on by those who are told to, each within its concurrency', async () => {
      const tally = new Tally();
      const flow = loopOf(tally, 12);
      const queues = { stay: { actions: ['Loop_Of/Each/Stay'], concurrency: 2 } };
      const fleet = fleetOn(url, prefix, { queues, lease });
      const scheduler = await fleet.work([flow], { queues: [] });
      const run = await scheduler.start(flow, 24);
      const queue = scheduler.queues.find(({ name }) => name === 'stay') as Queue;
      await vi.waitUntil(async () => (await queue.getWaitingCount()) === 12, 20_000);
      expect(tally.total).toBe(0);
      for (let n = 0; n < 2; n++) await fleet.work([flow], { runs: 0, actions: 0 });
      await run.finished;
      expect(tally).toMatchObject({ total: 24, most: 4 });
    });

    it('globalConcurrency bounds a queue over all processes', async () => {
      const tally = new Tally();
      const flow = loopOf(tally, 12);
      const queues = { stay: { actions: ['Loop_Of/Each/Stay'], globalConcurrency: 3 } };
      const fleet = fleetOn(url, prefix, { queues, lease });
      const workers = [
        await fleet.work([flow]),
        await fleet.work([flow]),
        await fleet.work([flow]),
      ];
      await (await workers[0]?.start(flow, 24))?.finished;
      expect(tally).toMatchObject({ total: 24, most: 3 });
    });

    it("a queue's rate limit is that of all processes together", async () => {
      const tally = new Tally();
      const flow = loopOf(tally, 10);
      const queues = {
        stay: { actions: ['Loop_Of/Each/Stay'], rateLimit: { max: 4, duration: 400 } },
      };
      const fleet = fleetOn(url, prefix, { queues, lease });
      const workers = [await fleet.work([flow]), await fleet.work([flow])];
      const since = performance.now();
      await (await workers[0]?.start(flow, 10))?.finished;
      expect(tally.total).toBe(10);
      expect(performance.now() - since).toBeGreaterThan(790);
    });

    it.each([true, false])('a shared limiter bounds all processes, eager: %s', async (eager) => {
      const tally = new Tally();
      const flow = loopOf(tally, 12);
      const fleet = fleetOn(url, prefix, { lease });
      for (let n = 0; n < 3; n++) {
        const limiter = redisLimiter(url, {
          name: `three-${eager}`,
          concurrency: 3,
          prefix: own('limit'),
        });
        fleet.closes(limiter);
        await fleet.work([flow], { eager }, { limiter });
      }
      await (await fleet.open([flow]).start(flow, 20)).finished;
      expect(tally).toMatchObject({ total: 20, most: 3 });
    });

    it('a shared gate lets so many runs in; where it is full, runs come back until there is room', async () => {
      const tally = new Tally();
      const flow = workflow(
        'In',
        (flow: Flow<number>) => void flow.action('Stay', () => tally.stay(30)),
      );
      const fleet = fleetOn(url, prefix, { lease });
      for (let n = 0; n < 2; n++) {
        const gate = redisRunGate(url, {
          name: 'two',
          concurrency: 2,
          waiting: 0,
          prefix: own('gate'),
        });
        fleet.closes(gate);
        await fleet.work([flow], {}, { gate });
      }
      const starter = fleet.open([flow]);
      const runs = await Promise.all([1, 2, 3, 4, 5].map((n) => starter.start(flow, n)));
      const results = await Promise.all(runs.map((run) => run.finished));
      expect(results.map(({ status }) => status)).toEqual(Array(5).fill('Succeeded'));
      expect(tally).toMatchObject({ total: 5, most: 2 });
      expect(fleet.faults).toEqual([]);
    });

    it('a loop of 500 items never has more jobs than its window', async () => {
      let calls = 0;
      const flow = workflow('Long', (flow: Flow<void>) =>
        flow.forEach(
          'Each',
          [],
          () => [...Array(500).keys()],
          (each) => each.action('Do', () => void calls++),
          {
            concurrency: 20,
            keep: 'summary',
          },
        ),
      );
      const fleet = fleetOn(url, prefix, { sweep: '1m', lease });
      const worker = await fleet.work([flow], { eager: false });
      const queue = worker.queues.find(({ name }) => name === 'actions') as Queue;
      const run = await worker.start(flow, undefined);
      let [most, isOver] = [0, false];
      const ended = run.ended.finally(() => {
        isOver = true;
      });
      while (!isOver) most = Math.max(most, await jobsIn(queue));
      await ended;
      expect(await run.finished).toMatchObject({ outputs: { total: 500, Succeeded: 500 } });
      expect(calls).toBe(500);
      // A job is still counted for a moment when its report has let the next one in.
      expect(most).toBeLessThanOrEqual(40);
      expect(most).toBeGreaterThan(5);
    });

    it('a keyed loop has one item of a key at work, over all processes', async () => {
      const tallies = [new Tally(), new Tally()];
      const flow = workflow('Keyed', (flow: Flow<void>) =>
        flow.forEach(
          'Each',
          [],
          () => [0, 1, 0, 1, 0, 1, 0, 1],
          (each) => each.action('Stay', ({ item }) => tallies[item]?.stay()),
          { concurrency: 8, key: String },
        ),
      );
      const fleet = fleetOn(url, prefix, { lease });
      for (let n = 0; n < 3; n++) await fleet.work([flow], { eager: false });
      await (await fleet.open([flow]).start(flow, undefined)).finished;
      expect(tallies).toMatchObject([
        { most: 1, total: 4 },
        { most: 1, total: 4 },
      ]);
    });
  });

  describe('priorities', () => {
    it('runs with a higher one are begun first, and their actions go before others', async () => {
      const order: string[] = [];
      const flow = workflow(
        'Ordered',
        (flow: Flow<string>) => void flow.action('Note', ({ input }) => void order.push(input)),
      );
      const fleet = fleetOn(url, prefix, { sweep: '1m' });
      const starter = fleet.open([flow]);
      const runs = [
        await starter.start(flow, 'low', { priority: 9 }),
        await starter.start(flow, 'high', { priority: 1 }),
        await starter.start(flow, 'middle', { priority: 5 }),
        await starter.start(flow, 'none'),
      ];
      await fleet.work([flow], { runs: 4, actions: 0, eager: false });
      const actions = starter.queues.find(({ name }) => name === 'actions') as Queue;
      await vi.waitUntil(async () => (await jobsIn(actions)) === 4, 20_000);
      await fleet.work([flow], { runs: 0, actions: 1 });
      await Promise.all(runs.map((run) => run.ended));
      expect(order).toEqual(['none', 'high', 'middle', 'low']);
    });

    it('a queue has a priority of its own', async () => {
      const { flow, made } = gatedFlow();
      const fleet = fleetOn(url, prefix, {
        queues: { own: { actions: ['Gated/First'], priority: 7 } },
      });
      const worker = await fleet.work([flow]);
      const run = await worker.start(flow, 1, { priority: 2 });
      const first = await made(1);
      const queue = worker.queues.find(({ name }) => name === 'own') as Queue;
      const [job] = await queue.getActive();
      expect(job?.opts.priority).toBe(7);
      first.end('a');
      (await made(2)).end('b');
      await run.ended;
    });
  });

  describe("BullMQ's own tools", () => {
    it('see what is under way, which can be read, and hear how it goes on', async () => {
      const { flow, made } = gatedFlow();
      const fleet = fleetOn(url, prefix, {
        bullmq: { worker: { metrics: { maxDataPoints: MetricsTime.ONE_HOUR } } },
      });
      const events = new QueueEvents('actions', { connection: { url }, prefix: fleet.prefix });
      fleet.closes(events);
      const heard: string[] = [];
      events.on('active', ({ jobId }) => heard.push(`active ${jobId}`));
      events.on('completed', ({ jobId }) => heard.push(`completed ${jobId}`));
      await events.waitUntilReady();
      const worker = await fleet.work([flow], { eager: false });
      const run = await worker.start(flow, 1, { runId: 'r:1' });
      const first = await made(1);
      const [runs, actions] = worker.queues as [Queue, Queue];
      expect(await actions.getJobCounts('active', 'waiting')).toEqual({ active: 1, waiting: 0 });
      const [job] = (await actions.getActive()) as [Job];
      expect(job).toMatchObject({
        id: 'r%3A1 First 1',
        name: 'Gated/First',
        data: { runId: 'r:1', path: 'First' },
      });
      expect((await runs.getActive()).map(({ id, name }) => [id, name])).toEqual([
        ['run r%3A1', 'Gated'],
      ]);
      first.end('a');
      (await made(2)).end('b');
      await run.ended;
      await vi.waitUntil(() => heard.length === 6, 20_000);
      expect(heard.slice(0, 2)).toEqual(['active r%3A1 First 1', 'completed r%3A1 First 1']);
      expect((await actions.getMetrics('completed')).meta.count).toBe(3);
    });

    it('can pause a queue, which goes on when it is resumed', async () => {
      const { flow, made, count } = gatedFlow();
      const fleet = fleetOn(url, prefix);
      const worker = await fleet.work([flow], { eager: false });
      const actions = worker.queues.find(({ name }) => name === 'actions') as Queue;
      await actions.pause();
      const run = await worker.start(flow, 1);
      await vi.waitUntil(async () => (await jobsIn(actions)) === 1, 20_000);
      expect(count()).toBe(0);
      await actions.resume();
      (await made(1)).end('a');
      (await made(2)).end('b');
      expect((await run.finished).status).toBe('Succeeded');
    });
  });

  describe('ids of jobs', () => {
    const flow = workflow('Failing', (flow: Flow<unknown>) => {
      flow.forEach(
        'Each: %',
        [],
        () => [1, 2],
        (each) =>
          each.action(
            'Do it',
            ({ attempt }) => {
              if (attempt === 1) throw new Error('once');
            },
            { retry: fixed({ count: 1, interval: '5ms' }) },
          ),
      );
      flow.action('Fail', () => {
        throw new Error('always');
      });
    });

    it.each(['a:b:c', 'with blanks and\ttabs', '17', '0', 'ünï %3A 🎉', 'x'.repeat(900)])(
      'a run may be called %j, and leaves no job behind, also where actions fail',
      async (runId) => {
        const fleet: Fleet = fleetOn(url, prefix, { sweep: '1m' });
        const worker = await fleet.work([flow], { eager: false });
        const starter = fleet.open([flow]);
        const [one, same] = await Promise.all([
          starter.start(flow, 1, { runId }),
          starter.start(flow, 1, { runId }),
        ]);
        const results = await Promise.all([one.finished, same.finished]);
        expect(results.map(({ status }) => status)).toEqual(['Failed', 'Failed']);
        await vi.waitFor(async () => {
          for (const queue of worker.queues) expect(await jobsIn(queue)).toBe(0);
        }, 20_000);
        expect(fleet.faults).toEqual([]);
      },
    );
  });
});

async function jobsIn(queue: Queue): Promise<number> {
  const counts = await queue.getJobCounts();
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
