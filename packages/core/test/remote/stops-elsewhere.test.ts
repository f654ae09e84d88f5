/**
 * Time-outs and orders to stop, where handlers are called in other processes: when the time runs, who is
 * told, and what is kept of it where nobody schedules the run for a while.
 */
import { type Clock, type Duration, virtualClock } from '@runafter/clock';
import { type Flow, type Workflow, workflow } from '@runafter/core';
import { requestCancel, submitRun } from '@runafter/core/remote';
import { describe, expect, it } from 'vitest';
import { expectSameAsHere } from './same-as-here.ts';
import { runId, Team } from './team.ts';

describe('the time of an action that is called elsewhere', () => {
  it('is that of here', async () => {
    const { result } = await expectSameAsHere(sleeping('10s', '20s'), undefined);

    expect(result.results[0]?.status).toBe('TimedOut');
  });

  it('does not run while its call is in the queue', async () => {
    const team = new Team(sleeping('10s', '8s'), { isHeld: true });
    const run = team.start(undefined);
    await team.clock.advance('1h');
    void team.waiting.deliver();
    await team.clock.advance('8s');

    await expect(run.finished).resolves.toMatchObject({ status: 'Succeeded' });
    const [attempt] = run.result('Sleep')?.attempts ?? [];
    expect(attempt?.startTime).toEqual(new Date('2026-01-01T01:00:00Z'));
  });

  it('runs from its first delivery', async () => {
    const team = new Team(sleeping('10s', '8s'), { isHeld: true });
    const run = team.start(undefined);
    await team.settle();
    const job = team.waiting;
    void job.deliver();
    await team.clock.advance('5s');
    void job.deliver();
    await team.clock.advance('5s');

    expect((await run.finished).results[0]?.status).toBe('TimedOut');
    expect(job.stop.signal.aborted).toBe(true);
  });

  it.each([
    ['8s', '10s', 'Succeeded'],
    ['8s', '1h', 'Succeeded'],
    ['20s', '10s', 'TimedOut'],
    ['20s', '1h', 'TimedOut'],
  ] as const)(
    'runs on while nobody schedules the run: %s of work, back after %s',
    async (work, away, status) => {
      for (const knows of [true, false]) {
        const team = new Team(sleeping('15s', work), { isHeld: true });
        const first = team.start(undefined);
        await team.settle();
        const job = team.waiting;
        if (knows) {
          void job.deliver();
          await team.settle();
          await first.suspend();
        } else {
          await first.suspend();
          void job.deliver();
        }
        await team.clock.advance(away);
        const second = await team.resume();
        await team.clock.advance('1m');

        expect((await second.finished).results[0]?.status, String(knows)).toBe(status);
      }
    },
  );
});

describe('an order to stop', () => {
  it('takes a call out of the queue', async () => {
    const team = new Team(sleeping(undefined, '10s'), { isHeld: true });
    const run = team.start(undefined);
    await team.settle();
    run.cancel('enough');
    await team.settle();

    await expect(run.finished).resolves.toMatchObject({ status: 'Cancelled', unsettled: [] });
    expect(team.jobs[0]?.isWaiting).toBe(false);
    await expect(team.jobs[0]?.deliver()).resolves.toBe('superseded');
  });

  it.each([
    ['a cancel', {}, 'Cancelled'],
    ["the run's time-out", { timeout: '5s' }, 'TimedOut'],
  ] as const)('of %s reaches the handler, which has its grace', async (_, options, status) => {
    const stopped: string[] = [];
    const team = new Team(
      workflow('Stop', (flow) =>
        flow.action('Tidy', async ({ signal }) => {
          await team.clock.sleep('1h', { signal }).catch(() => undefined);
          await team.clock.sleep('2s');
          stopped.push('tidied up');
        }),
      ),
    );
    const run = team.start(undefined, { grace: '5s', ...options });
    await team.clock.advance('4s');
    if (status === 'Cancelled') run.cancel();
    await team.clock.advance('10s');

    expect(await run.finished).toMatchObject({ status, unsettled: [] });
    expect(stopped).toEqual(['tidied up']);
  });

  it('does not wait for a handler beyond its grace', async () => {
    const team = new Team((clock) =>
      workflow('Deaf', (flow) => flow.action('Deaf', () => clock.sleep('1h')), { grace: '5s' }),
    );
    const run = team.start(undefined);
    await team.settle();
    run.cancel();
    await team.clock.advance('5s');

    const result = await run.finished;
    expect(result.unsettled).toHaveLength(1);
    expect(result.status).toBe('Cancelled');
  });

  it('is not what letting go of a run is: handlers elsewhere go on, and are not called again', async () => {
    let calls = 0;
    const team = new Team(
      workflow('Go_On', (flow) =>
        flow.action('Work', async ({ signal }) => {
          calls++;
          await team.clock.sleep('10s', { signal });
          return 'done';
        }),
      ),
    );
    const first = team.start(undefined);
    await team.settle();
    await first.suspend();
    await team.clock.advance('1m');
    expect(team.jobs[0]?.stop.signal.aborted).toBe(false);
    const second = await team.resume();
    await team.settle();

    await expect(second.finished).resolves.toMatchObject({ outputs: 'done' });
    expect([calls, team.jobs.length]).toEqual([1, 1]);
  });
});

describe('requestCancel', () => {
  it('cancels a run that another process works on', async () => {
    const team = new Team(sleeping(undefined, '1h'));
    const run = team.start(undefined);
    await team.settle();
    await expect(requestCancel(team.store, runId, 'not needed', team.clock)).resolves.toBe(true);
    await team.settle();

    const result = await run.finished;
    expect(result).toMatchObject({ error: { message: expect.stringContaining('not needed') } });
    expect(result.results[0]?.status).toBe('Cancelled');
  });

  it('cancels a run that nobody works on, as soon as somebody does', async () => {
    const team = new Team(sleeping(undefined, '1h'));
    await submitRun(team.workflow, undefined, optionsOf(team));
    await requestCancel(team.store, runId, 'not needed', team.clock);
    const run = await team.resume();
    await team.settle();

    await expect(run.finished).resolves.toMatchObject({ status: 'Cancelled' });
    expect(team.jobs).toEqual([]);
  });

  it('is kept for the next one, where nobody has heard of it', async () => {
    const team = new Team(sleeping(undefined, '1h'));
    const first = team.start(undefined);
    await team.settle();
    await first.suspend();
    await requestCancel(team.store, runId, 'not needed', team.clock);
    const second = await team.resume();
    await team.settle();

    await expect(second.finished).resolves.toMatchObject({ status: 'Cancelled' });
  });

  it('changes nothing of a run that has ended, and knows no other', async () => {
    const team = new Team(sleeping(undefined, '1s'), {
      clock: virtualClock({ autoAdvance: true }),
    });
    await team.start(undefined).finished;

    await expect(requestCancel(team.store, runId, 'late', team.clock)).resolves.toBe(false);
    await expect(requestCancel(team.store, 'none', 'why', team.clock)).rejects.toMatchObject({
      code: 'RUN_UNKNOWN',
    });
  });
});

describe('submitRun', () => {
  it('makes a run once, for whoever comes to work on it', async () => {
    const flow = workflow('Add', (flow: Flow<number>) =>
      flow.action('One', ({ input }) => input + 1),
    );
    const team = new Team(flow);
    const options = optionsOf(team);

    await expect(submitRun(flow, 41, options)).resolves.toBe(true);
    await expect(submitRun(flow, 41, options)).resolves.toBe(false);
    await expect(submitRun(flow, 42, options)).rejects.toMatchObject({ code: 'RUN_INPUT_DIFFERS' });
    const run = await team.resume();
    await team.settle();
    await expect(run.finished).resolves.toMatchObject({ outputs: 42 });
    await expect(submitRun(flow, 41, options)).resolves.toBe(false);
  });

  it('refuses the id of a run of another workflow', async () => {
    const flow = (name: string) => workflow(name, (flow) => flow.action('A', () => 1));
    const team = new Team(flow('One'));
    await submitRun(flow('One'), undefined, optionsOf(team));

    await expect(submitRun(flow('Two'), undefined, optionsOf(team))).rejects.toMatchObject({
      code: 'DEFINITION_CHANGED',
    });
  });

  it.each<[string, Workflow<unknown, unknown>, unknown, string]>([
    ['an input that cannot be stored', anything(), () => 1, 'VALUE_NOT_STORABLE'],
    ['secrets that would have to be stored', secretive(), 1, 'CIPHER_REQUIRED'],
  ])('refuses %s', async (_, flow, input, code) => {
    const team = new Team(flow);

    await expect(submitRun(flow, input, optionsOf(team))).rejects.toMatchObject({ code });
    await expect(team.store.readRun(runId)).resolves.toBeUndefined();
  });
});

function sleeping(timeout: Duration | undefined, work: Duration) {
  return (clock: Clock): Workflow<unknown, unknown> =>
    workflow('Sleep', (flow: Flow<unknown>) =>
      flow.action('Sleep', ({ signal }) => clock.sleep(work, { signal }), {
        ...(timeout !== undefined && { timeout }),
      }),
    );
}

function optionsOf({ store, clock }: Pick<Team<never, unknown>, 'store' | 'clock'>) {
  return { store, clock, runId };
}

function anything(): Workflow<unknown, unknown> {
  return workflow('Any', (flow: Flow<unknown>) => flow.action('A', () => 1));
}

function secretive(): Workflow<unknown, unknown> {
  return workflow('Secret', (flow: Flow<unknown>) => {
    const a = flow.action('A', () => 1, { secure: { outputs: true } });
    return flow.action('B', [a], ([a]) => a);
  });
}
