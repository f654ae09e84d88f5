/**
 * Time over a restart: what is due is due at the moment that was stored, and not later because nobody was
 * there for a while.
 * @module
 */
import { fixed, type VirtualClock, virtualClock } from '@runafter/clock';
import {
  event,
  memoryRunStore,
  type Run,
  type RunStore,
  resume,
  settled,
  signal,
  type Workflow,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { MortalProcess } from './mortal-process.ts';

const minute = 60_000;
const midnight = Date.UTC(2026, 0, 1);

type Write = (process: MortalProcess) => Workflow<undefined, unknown>;

interface Down {
  /** Minutes after the start. */
  readonly from: number;
  readonly until: number;
  /** What happens meanwhile. */
  readonly meanwhile?: (store: RunStore, clock: VirtualClock) => Promise<void>;
}

interface After {
  readonly clock: VirtualClock;
  readonly run: Run<unknown>;
  /** Keys of the handlers that were called before and after. */
  readonly before: readonly string[];
  readonly calls: readonly string[];
  /** Minutes after the start at which something in the run ended. */
  endOf(path: string): number | undefined;
}

/** Starts a run, kills its process, and goes on with it in another one. */
async function downFor(write: Write, { from, until, meanwhile }: Down): Promise<After> {
  const clock = virtualClock();
  const store = memoryRunStore({ clock });
  const first = new MortalProcess(store, clock);
  first.start(write(first), undefined);
  await clock.advance(from * minute);
  first.kill();
  await meanwhile?.(store, clock);
  await clock.advance(midnight + until * minute - clock.now());
  const second = new MortalProcess(store, clock);
  const run = await resume(write(second), 'r', second.place);
  await clock.advance(0);
  const endOf = (path: string) => {
    const end = run.result(path)?.endTime.getTime();
    return end === undefined ? undefined : (end - midnight) / minute;
  };
  return { clock, run, before: first.calls, calls: second.calls, endOf };
}

describe('the wait for the next attempt', () => {
  const write: Write = (process) =>
    workflow('Retry', (flow) => {
      flow.action(
        'Try',
        async (context) => {
          await process.note(context);
          if (context.attempt < 3) throw new Error('busy');
        },
        { retry: fixed({ count: 2, interval: '1h' }) },
      );
    });

  it('goes on where it was', async () => {
    const { clock, run, calls, endOf } = await downFor(write, { from: 10, until: 40 });
    await clock.advance(19 * minute);
    expect(calls).toEqual([]);
    await clock.advance(1 * minute);
    expect(calls).toEqual(['r/Try']);
    await clock.advance(60 * minute);

    expect((await run.finished).status).toBe('Succeeded');
    expect(endOf('Try')).toBe(120);
    expect(run.result('Try')?.attempts).toMatchObject([
      { number: 1, startTime: new Date(midnight), wait: 60 * minute },
      { number: 2, startTime: new Date(midnight + 60 * minute), wait: 60 * minute },
      { number: 3, startTime: new Date(midnight + 120 * minute) },
    ]);
    expect(run.result('Try')?.startTime).toEqual(new Date(midnight));
  });

  it('is over at once when it has passed meanwhile', async () => {
    const { clock, run, calls, endOf } = await downFor(write, { from: 10, until: 150 });
    expect(calls).toEqual(['r/Try']);
    await clock.advance(60 * minute);

    expect((await run.finished).status).toBe('Succeeded');
    expect(endOf('Try')).toBe(210);
  });

  it('ends with the time that all attempts together may take', async () => {
    const limited: Write = (process) =>
      workflow('Retry', (flow) => {
        flow.action(
          'Try',
          async (context) => {
            await process.note(context);
            throw new Error(`busy ${context.attempt}`);
          },
          { retry: fixed({ count: 9, interval: '1h', totalTime: '150m' }) },
        );
      });
    const { clock, run, calls } = await downFor(limited, { from: 70, until: 100 });
    await clock.advance('10h');

    expect(await run.finished).toMatchObject({ status: 'Failed' });
    // At 0, 60 and 120 minutes; one at 180 would be too late.
    expect(calls).toEqual(['r/Try']);
    expect(run.result('Try')?.attempts).toHaveLength(3);
  });
});

describe('a time-out', () => {
  const hang = async (
    process: MortalProcess,
    context: { idempotencyKey: string; signal: AbortSignal },
  ) => {
    await process.note(context);
    await process.clock.sleep('30d', { signal: context.signal });
  };
  const child = (process: MortalProcess) =>
    workflow('Child', (flow) => flow.action('Hang', (context) => hang(process, context)), {
      timeout: '1h',
    });
  const kinds: Record<string, { path: string; write: Write }> = {
    'of an action': {
      path: 'Hang',
      write: (process) =>
        workflow('Action', (flow) => {
          flow.action('Hang', (context) => hang(process, context), { timeout: '1h' });
        }),
    },
    'of an action that is tried again': {
      path: 'Hang',
      write: (process) =>
        workflow('Action', (flow) => {
          flow.action(
            'Hang',
            async (context) => {
              if (context.attempt === 1) throw new Error('busy');
              await hang(process, context);
            },
            { timeout: '1h', retry: fixed({ count: 3, interval: '5m' }) },
          );
        }),
    },
    'of a scope': {
      path: 'Scope/Hang',
      write: (process) =>
        workflow('Scope', (flow) => {
          flow.scope(
            'Scope',
            [],
            (scope) => {
              const long = scope.action('Hang', (context) => hang(process, context));
              scope.action('Next', [settled(long)], (_, context) => process.note(context));
            },
            { timeout: '1h' },
          );
        }),
    },
    'of a loop': {
      path: 'Loop[0]/Hang',
      write: (process) =>
        workflow('Loop', (flow) => {
          flow.forEach(
            'Loop',
            [],
            () => [1, 2, 3],
            (each) => {
              each.action('Hang', (context) => hang(process, context));
            },
            { timeout: '1h' },
          );
        }),
    },
    'of a child workflow': {
      path: 'Call',
      write: (process) =>
        workflow('Parent', (flow) => {
          flow.child('Call', [], child(process), () => undefined);
        }),
    },
    'of the run': {
      path: 'Hang',
      write: (process) =>
        workflow(
          'Run',
          (flow) => {
            const long = flow.action('Hang', (context) => hang(process, context));
            flow.action('Next', [settled(long)], (_, context) => process.note(context));
          },
          { timeout: '1h' },
        ),
    },
  };

  describe.each(Object.entries(kinds))('%s', (_, { path, write }) => {
    it('comes when it was due', async () => {
      const { clock, run, before, calls, endOf } = await downFor(write, { from: 20, until: 30 });
      expect(calls).toEqual(before);
      await clock.advance(30 * minute - 1);
      expect(run.status).toBeUndefined();
      await clock.advance(1);

      expect(run.result(path)?.status).toBe('TimedOut');
      expect(endOf(path)).toBe(60);
    });

    it('that has passed meanwhile comes at once, and no handler is called again', async () => {
      const { run, calls } = await downFor(write, { from: 20, until: 90 });

      expect(calls).toEqual([]);
      expect(run.result(path)?.status).toBe('TimedOut');
      await run.finished;
    });
  });
});

describe('a delay', () => {
  const write: Write = () =>
    workflow('Delay', (flow) => {
      flow.delay('Pause', [], () => '1h');
    });

  it('ends when it was due', async () => {
    const { clock, run, endOf } = await downFor(write, { from: 20, until: 30 });
    await clock.advance(30 * minute - 1);
    expect(run.status).toBeUndefined();
    await clock.advance(1);

    expect(endOf('Pause')).toBe(60);
  });

  it('that is over meanwhile ends at once', async () => {
    const { run } = await downFor(write, { from: 20, until: 90 });

    expect((await run.finished).status).toBe('Succeeded');
  });
});

describe('a wait for an event', () => {
  const write: Write = () =>
    workflow('Wait', (flow) =>
      flow.waitFor('Approval', [], event<string>('approval'), { timeout: '1h' }),
    );
  const send = (at: number) => async (store: RunStore, clock: VirtualClock) => {
    await clock.advance(midnight + at * minute - clock.now());
    await signal(store, 'r', 'approval', 'yes', { clock });
  };

  it('takes what came while nobody ran', async () => {
    const { run } = await downFor(write, { from: 20, until: 50, meanwhile: send(30) });

    expect(await run.finished).toMatchObject({ status: 'Succeeded', outputs: 'yes' });
  });

  it('takes what came in time, also when it is read late', async () => {
    const { run } = await downFor(write, { from: 20, until: 90, meanwhile: send(30) });

    expect(await run.finished).toMatchObject({ status: 'Succeeded', outputs: 'yes' });
  });

  it('does not take what came after its time was up, though nobody ran then', async () => {
    const { run } = await downFor(write, { from: 20, until: 90, meanwhile: send(70) });

    expect(await run.finished).toMatchObject({ status: 'Failed' });
    expect(run.result('Approval')).toMatchObject({ status: 'TimedOut', code: 'EVENT_TIMED_OUT' });
  });

  it('takes what comes after the restart', async () => {
    const { run } = await downFor(write, { from: 20, until: 30 });
    expect(await run.signal('approval', 'later')).toBe('delivered');

    expect(await run.finished).toMatchObject({ status: 'Succeeded', outputs: 'later' });
  });

  it('ends when its time is up, at the moment that was stored', async () => {
    const { clock, run, endOf } = await downFor(write, { from: 20, until: 30 });
    await clock.advance(30 * minute);

    expect(run.result('Approval')).toMatchObject({ status: 'TimedOut', code: 'EVENT_TIMED_OUT' });
    expect(endOf('Approval')).toBe(60);
  });

  it('ends at once when its time was up before', async () => {
    const { run } = await downFor(write, { from: 20, until: 90 });

    expect(run.result('Approval')).toMatchObject({ status: 'TimedOut', code: 'EVENT_TIMED_OUT' });
  });
});

describe('the limits of an until', () => {
  it('hold for all rounds together, those before the restart included', async () => {
    const write: Write = (process) =>
      workflow('Until', (flow) => {
        flow.until(
          'Poll',
          [],
          () => 0,
          (round) => {
            const pause = round.delay('Pause', [], '10m');
            return round.action('Ask', [round.state, pause], async ([n], context) => {
              await process.note(context);
              return n + 1;
            });
          },
          () => false,
          { timeout: '1h', onLimit: 'succeed', maxIterations: 99 },
        );
      });
    const { clock, run } = await downFor(write, { from: 25, until: 35 });
    await clock.advance('1h');

    expect(await run.finished).toMatchObject({ status: 'Succeeded' });
    // At 10, 20, 35 (the pause was over at 30), 45 and 55 minutes.
    expect(run.result('Poll')).toMatchObject({ outputs: 5, counts: { Succeeded: 5, TimedOut: 1 } });
  });
});
