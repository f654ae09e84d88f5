/**
 * Calls that are lost, come twice or too late, and processes that die with them: of all deliveries of an
 * attempt one report counts, and what was reported is never asked for again.
 */
import { concurrencyLimiter, fixed, type Limiter } from '@runafter/clock';
import {
  type ActionCall,
  event,
  type Flow,
  memoryRunStore,
  type RunStore,
  settled,
  signal,
  start,
  type Workflow,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { type Job, runId, Team } from './team.ts';

describe('an attempt that is delivered', () => {
  it('twice, counts as the newer one has made it', async () => {
    const team = new Team(slow(['older', 'newer']), { isHeld: true });
    const run = team.start(undefined);
    await team.settle();
    const job = team.waiting;
    const older = job.deliver();
    await team.settle();
    const newer = job.deliver(team.hire());
    await team.clock.advance('10s');

    await expect(older).resolves.toBe('superseded');
    await expect(newer).resolves.toBe('reported');
    await expect(run.finished).resolves.toMatchObject({ outputs: 'newer' });
  });

  it('after its report, is not made again', async () => {
    const calls: number[] = [];
    const team = new Team(retried(calls), { isHeld: true });
    const run = team.start(undefined);
    await team.settle();
    const first = team.waiting;
    await first.deliver();
    await expect(first.deliver()).resolves.toBe('superseded');
    await team.clock.advance('1s');
    const second = team.waiting;
    await expect(first.deliver()).resolves.toBe('superseded');
    await second.deliver();
    await team.settle();
    await expect(second.deliver()).resolves.toBe('superseded');

    await expect(run.finished).resolves.toMatchObject({ outputs: 2 });
    expect(calls).toEqual([1, 2]);
    await expect(second.deliver()).resolves.toBe('superseded');
    expect(await team.store.readSignals(runId, 0)).toEqual([]);
  });

  it('to processes that all die, is given up', async () => {
    const team = new Team(slow([]), { isHeld: true, maxDeliveries: 3 });
    const run = team.start(undefined);
    await team.settle();
    const job = team.waiting;
    for (let times = 0; times < 3; times++) {
      void job.deliver(team.hire({ store: silent(team.store) }));
      await team.settle();
    }
    await expect(job.deliver()).resolves.toBe('reported');
    await team.settle();

    const result = await run.finished;
    expect(result.results[0]).toMatchObject({ status: 'Failed', code: 'ACTION_LOST' });
    expect(result.results[0]?.attempts).toHaveLength(1);
  });

  it('and handed back, is made by another process', async () => {
    const team = new Team(slow(['first', 'second']), { isHeld: true });
    const run = team.start(undefined);
    await team.settle();
    const job = team.waiting;
    const first = job.deliver();
    await team.settle();
    job.handBack.abort(new Error('The process ends.'));
    await expect(first).resolves.toBe('handedBack');
    await expect(job.deliver()).resolves.toBe('handedBack');
    // Whoever is to end does not even ask for it.
    await expect(team.store.claimAttempt(runId, job.call.place, 1)).resolves.toBe(2);
    void anew(job, team);
    await team.clock.advance('10s');

    await expect(run.finished).resolves.toMatchObject({ outputs: 'second' });
  });

  it('is reported though its process is to end, where it has succeeded by then', async () => {
    const team = new Team(
      workflow('Deaf', (flow) =>
        flow.action('Deaf', async () => {
          await team.clock.sleep('2s');
          return 'done';
        }),
      ),
      { isHeld: true, grace: '5s' },
    );
    const run = team.start(undefined);
    await team.settle();
    const job = team.waiting;
    const outcome = job.deliver();
    await team.settle();
    job.handBack.abort();
    await team.clock.advance('3s');

    await expect(outcome).resolves.toBe('reported');
    await expect(run.finished).resolves.toMatchObject({ outputs: 'done' });
  });

  it('is made though nobody schedules the run any more, and adopted by whoever does next', async () => {
    const calls: number[] = [];
    const team = new Team(retried(calls), { isHeld: true });
    const first = team.start(undefined);
    await team.settle();
    await first.suspend();
    await team.waiting.deliver();
    const second = await team.resume();
    await team.clock.advance('1s');
    expect(team.jobs.map(({ call }) => call.attempt)).toEqual([1, 2]);
    await team.waiting.deliver();
    await team.settle();

    await expect(second.finished).resolves.toMatchObject({ outputs: 2 });
    expect(second.result('Try')?.attempts).toMatchObject([
      { number: 1, error: { message: 'attempt 1' } },
      { number: 2 },
    ]);
  });

  it('to a process that does not know it, is refused and can be made by another one', async () => {
    const team = new Team(slow(['done']), { isHeld: true });
    const run = team.start(undefined);
    await team.settle();
    const job = team.waiting;
    const stranger = new Team(workflow('Other', (flow) => flow.action('A', () => 1))).caller;
    const changed = new Team(workflow('Slow', (flow) => flow.action('New', () => 1))).caller;
    expect([stranger.knows(job.call), changed.knows(job.call)]).toEqual([false, true]);
    for (const caller of [stranger, changed]) {
      await expect(job.deliver(caller)).rejects.toMatchObject({ code: 'WORKFLOW_UNKNOWN' });
    }
    void job.deliver();
    await team.clock.advance('10s');

    await expect(run.finished).resolves.toMatchObject({ outputs: 'done' });
  });

  it('after its iteration has ended, is not made, though it timed out and nobody reported', async () => {
    const flow = workflow('Loop', (flow) => {
      const each = flow.forEach(
        'Each',
        [],
        () => [1],
        (each) => each.action('Work', () => new Promise(() => undefined), { timeout: '1s' }),
      );
      return settled(flow.delay('Later', [settled(each)], '1h'));
    });
    const team = new Team(flow, { isHeld: true });
    team.start(undefined);
    await team.settle();
    const job = team.waiting;
    void job.deliver();
    await team.clock.advance('1m');

    await expect(job.deliver()).resolves.toBe('superseded');
  });

  it('of a run that was deleted, is not made', async () => {
    const team = new Team(slow(['never']), { isHeld: true });
    team.start(undefined).finished.catch(() => undefined);
    await team.settle();
    await team.store.deleteRun(runId);

    await expect(team.waiting.deliver()).resolves.toBe('superseded');
  });

  it('of a run with a long input, has that of its own run, and not of one before with its id', async () => {
    const flow = workflow('Long', (flow: Flow<string>) =>
      flow.action('Last', ({ input }) => input.at(-1)),
    );
    const team = new Team(flow);
    const one = team.start(`${'x'.repeat(5_000)}1`);
    await team.settle();
    await expect(one.finished).resolves.toMatchObject({ outputs: '1' });
    await team.store.deleteRun(runId);
    await team.clock.advance('1s');
    const two = team.start(`${'x'.repeat(5_000)}2`);
    await team.settle();

    await expect(two.finished).resolves.toMatchObject({ outputs: '2' });
  });
});

describe('a process that makes attempts', () => {
  it('reports again where its store is away for a while', async () => {
    const team = new Team(slow(['done']), { isHeld: true });
    const run = team.start(undefined);
    await team.settle();
    const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    const outcome = team.waiting.deliver(team.hire({ store: failing(team.store, 3, away) }));
    await team.clock.advance('1m');

    await expect(outcome).resolves.toBe('reported');
    await expect(run.finished).resolves.toMatchObject({ outputs: 'done' });
  });

  it('does not call a handler whose time nobody could be told of, nor fail its action', async () => {
    const calls: string[] = [];
    const flow = workflow('Timed', (flow) =>
      flow.action('Timed', () => calls.push('called'), { timeout: '1m' }),
    );
    const team = new Team(flow, { isHeld: true });
    const run = team.start(undefined);
    await team.settle();
    const broken = team.hire({ store: failing(team.store, 1, new Error('broken')) });
    const job = team.waiting;
    await expect(job.deliver(broken)).rejects.toThrow('broken');
    expect(calls).toEqual([]);
    await job.deliver();
    await team.settle();

    await expect(run.finished).resolves.toMatchObject({ status: 'Succeeded' });
  });

  it('takes a permit of its own limiter, and of those of the action and the children around it', async () => {
    const taken: string[] = [];
    const named = (name: string): Limiter => {
      const inner = concurrencyLimiter(1);
      return {
        ...inner,
        async acquire(options) {
          taken.push(name);
          return inner.acquire(options);
        },
        tryAcquire: () => inner.tryAcquire(),
      };
    };
    const child = workflow('Child', (flow: Flow<unknown>) =>
      flow.action('Work', () => 1, { limiter: named('action') }),
    );
    const flow = workflow('Parent', (flow) =>
      flow.child('Child', [], child, () => 1, { limiter: named('child') }),
    );
    const team = new Team(flow, { limiter: named('process') });
    const run = team.start(undefined);
    await team.settle();

    await expect(run.finished).resolves.toMatchObject({ status: 'Succeeded' });
    expect(taken.toSorted()).toEqual(['action', 'child', 'process']);
  });

  it('gets all it needs in a call of plain data', async () => {
    const team = new Team(slow(['done']), { isHeld: true });
    team.start(undefined);
    await team.settle();

    expect(team.waiting.call).toMatchObject({
      ...{ runId, workflow: 'Slow', address: 'Work', path: 'Work', attempt: 1 },
      ...{ place: { frame: '', key: 'Work' }, idempotencyKey: 'r/Work' },
    } satisfies Partial<ActionCall>);
  });
});

describe('a run whose handlers are called elsewhere', () => {
  it('needs a store', async () => {
    const team = new Team(retried([]));
    const run = start(team.workflow, undefined, {
      clock: team.clock,
      executor: {
        isRemote: true,
        dispatch: (task) => void task.runElsewhere(() => undefined),
      },
    });
    await team.clock.advance('10s');

    expect((await run.finished).results[0]).toMatchObject({ code: 'STORE_REQUIRED' });
  });

  it('gets its own signals beside the reports, each where it belongs', async () => {
    const flow = workflow('Wait', (flow) => {
      const work = flow.action('Work', () => 'worked');
      const wait = flow.waitFor('Wait', [], event<string>('go'));
      return flow.action('All', [work, wait], (values) => values);
    });
    const team = new Team(flow);
    const run = team.start(undefined);
    await team.settle();
    await signal(team.store, runId, 'go', 'gone');
    await team.settle();

    await expect(run.finished).resolves.toMatchObject({ outputs: ['worked', 'gone'] });
    expect(await team.store.readSignals(runId, 0)).toEqual([]);
  });

  it('ends an attempt with what it was refused with', async () => {
    const team = new Team(retried([]));
    const run = start(team.workflow, undefined, {
      ...{ clock: team.clock, store: memoryRunStore({ clock: team.clock }) },
      executor: {
        isRemote: true,
        dispatch: (task) => void task.runElsewhere(() => Promise.reject(new Error('full'))),
      },
    });
    await team.clock.advance('10s');

    expect((await run.finished).results[0]?.attempts.map(({ error }) => error?.message)).toEqual([
      'full',
      'full',
      'full',
    ]);
  });

  it('may still have some of them called where it is: with their own trimming and retries', async () => {
    const options = {
      ...{ select: (text: string) => text.length, retry: fixed({ count: 3, interval: '1s' }) },
    };
    const calls: number[] = [];
    const flow = workflow('Here', (flow) => {
      const trim = flow.action('Trim', () => 'text', options);
      flow.action(
        'Stop',
        ({ attempt }) => {
          calls.push(attempt);
          throw new DOMException('Enough.', 'AbortError');
        },
        options,
      );
      return trim;
    });
    const team = new Team(flow);
    const run = start(flow, undefined, {
      ...{ clock: team.clock, store: team.store },
      executor: { isRemote: true, dispatch: (task) => void task.run() },
    });
    await team.clock.advance('1m');
    await run.finished;

    expect(run.result('Trim')?.outputs).toBe(4);
    expect(calls).toEqual([1]);
  });
});

/** Takes ten seconds, and gives one value after the other. */
function slow(values: readonly string[]) {
  return (clock: { sleep: (ms: '10s', options: { signal: AbortSignal }) => Promise<void> }) => {
    const left = [...values];
    return workflow('Slow', (flow) =>
      flow.action('Work', async ({ signal }) => {
        const value = left.shift();
        await clock.sleep('10s', { signal });
        return value;
      }),
    ) as Workflow<undefined, unknown>;
  };
}

function retried(calls: number[]): Workflow<undefined, unknown> {
  return workflow('Retried', (flow) =>
    flow.action(
      'Try',
      ({ attempt }) => {
        calls.push(attempt);
        if (attempt === 1) throw new Error('attempt 1');
        return attempt;
      },
      { retry: fixed({ count: 2, interval: '1s' }) },
    ),
  ) as Workflow<undefined, unknown>;
}

/** The same job with a process that does not end. */
function anew({ call }: Job, { caller }: Team<never, unknown>): Promise<unknown> {
  const never = new AbortController().signal;
  return caller.call(call, { stop: never, handBack: never });
}

/** The store of a process that dies before it reports. */
function silent(inner: RunStore): RunStore {
  return changed(inner, () => new Promise(() => undefined));
}

/** The store, whose first signals fail. */
function failing(inner: RunStore, times: number, error: Error): RunStore {
  let left = times;
  return changed(inner, (...args) =>
    left-- > 0 ? Promise.reject(error) : inner.putSignal(...args),
  );
}

function changed(inner: RunStore, putSignal: RunStore['putSignal']): RunStore {
  return new Proxy(inner, {
    get(target, name) {
      if (name === 'putSignal') return putSignal;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
