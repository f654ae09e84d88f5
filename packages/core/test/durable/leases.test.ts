/**
 * Who works on a run: the lease, its loss, and letting go of it on purpose.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import {
  memoryRunStore,
  type Run,
  RunLostError,
  RunSuspendedError,
  resume,
  resumeAll,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { expectNothingToEscape } from '../engine/nothing-escapes.ts';
import { MortalProcess } from './mortal-process.ts';
import { slowly } from './slowly.ts';

expectNothingToEscape();

/** Three steps of a minute each. */
function steps(process: MortalProcess, seen: AbortSignal[] = []) {
  return workflow('Steps', (flow) => {
    const first = flow.action('First', (context) => slowly(process, context, 1, '1m'));
    const second = flow.action('Second', [first], async (_, context) => {
      seen.push(context.signal);
      return slowly(process, context, 2, '1m');
    });
    return flow.action('Third', [second], (_, context) => slowly(process, context, 3, '1m'));
  });
}

function world() {
  const clock = virtualClock();
  const store = memoryRunStore({ clock });
  return { clock, store, process: () => new MortalProcess(store, clock) };
}

describe('the lease of a run', () => {
  it('is renewed for as long as it runs', async () => {
    const { clock, process } = world();
    const [one, two] = [process(), process()];
    const run = one.start(steps(one), undefined);
    for (let second = 0; second < 170; second++) {
      await clock.advance('1s');
      await expect(resume(steps(two), 'r', two.place)).rejects.toMatchObject({ code: 'RUN_HELD' });
    }
    await clock.advance('1m');

    expect((await run.finished).status).toBe('Succeeded');
  });

  it('that was lost to another process ends the run in the first one: nothing of it counts', async () => {
    const { clock, store, process } = world();
    const [one, two] = [process(), process()];
    const seen: AbortSignal[] = [];
    // Its renewals do not get through, but its writes do.
    const deaf = new Proxy(one.store, {
      get: (target, name) =>
        name === 'renewLease'
          ? () => Promise.reject(new Error('no network'))
          : Reflect.get(target, name, target),
    });
    const first = start(steps(one, seen), undefined, { store: deaf, clock: one.clock, runId: 'r' });
    const lost = expect(first.finished).rejects.toMatchObject({ code: 'RUN_LOST', runId: 'r' });
    await clock.advance('10s');
    expect(one.calls).toEqual(['r/First']);
    await clock.advance('10s');

    await lost;
    expect(first.status, 'the run has not ended').toBeUndefined();
    expect(first.why().text).toContain('does not hold run "r" any more');
    const second = await resume(steps(two), 'r', two.place);
    await clock.advance('10m');
    expect(await second.finished).toMatchObject({ status: 'Succeeded', outputs: 3 });
    expect(one.calls).toEqual(['r/First']);
    expect(two.calls).toEqual(['r/First', 'r/Second', 'r/Third']);
    expect((await store.readRun('r'))?.end?.status).toBe('Succeeded');
    expect(clock.pending).toBe(0);
  });

  it('of a process that was stalled and wakes up: its handlers hear of it, what they return does not count', async () => {
    const { clock, store, process } = world();
    const [one, two] = [process(), process()];
    let wake: (value: string) => void = () => undefined;
    let heard: AbortSignal | undefined;
    const write = (who: MortalProcess, answer: () => Promise<string>) =>
      workflow('Stalled', (flow) => {
        const first = flow.action('First', async (context) => {
          await who.note(context);
          return answer();
        });
        flow.action('Beside', async (context) => {
          if (who === one) heard = context.signal;
          await slowly(who, context, 1, who === one ? '2h' : '1s');
        });
        flow.action('Next', [first], async ([text], context) => {
          await who.note(context);
          return text;
        });
      });
    const first = start(
      write(
        one,
        () =>
          new Promise<string>((resolve) => {
            wake = resolve;
          }),
      ),
      undefined,
      { ...one.place, runId: 'r' },
    );
    const lost = expect(first.finished).rejects.toBeInstanceOf(RunLostError);
    await clock.advance(0);
    // The whole machine stands still: its clock's timers do not fire, the lease runs out.
    clock.suspend('1h');
    const second = await resume(
      write(two, async () => 'second'),
      'r',
      two.place,
    );
    await clock.advance('1s');
    expect((await second.finished).status).toBe('Succeeded');
    wake('first');
    await clock.advance('1m');

    await lost;
    expect(heard?.aborted).toBe(true);
    expect(one.calls).toEqual(['r/First', 'r/Beside']);
    expect(two.calls).toEqual(['r/First', 'r/Beside', 'r/Next']);
    const [outcome] = await store.readFrame('r', '', { keys: ['First'] });
    expect(outcome?.outputs).toContain('second');
  });

  it('is gone when the run is deleted: whoever works on it stops', async () => {
    const { clock, store, process } = world();
    const one = process();
    const seen: AbortSignal[] = [];
    const run = one.start(steps(one, seen), undefined);
    const lost = expect(run.finished).rejects.toMatchObject({ code: 'RUN_LOST' });
    await clock.advance('90s');
    await store.deleteRun('r');
    await clock.advance('10s');

    await lost;
    expect(seen[0]?.aborted).toBe(true);
    expect(await store.readRun('r')).toBeUndefined();
    expect(clock.pending).toBe(0);
  });
});

describe('suspend', () => {
  it('lets go of the run at once, for another process to go on with', async () => {
    const { clock, process } = world();
    const [one, two] = [process(), process()];
    const seen: AbortSignal[] = [];
    const first = one.start(steps(one, seen), undefined);
    const suspended = expect(first.finished).rejects.toMatchObject({ code: 'RUN_SUSPENDED' });
    await clock.advance('90s');
    await first.suspend();

    await suspended;
    await expect(first.finished).rejects.toBeInstanceOf(RunSuspendedError);
    expect(seen[0]?.aborted, 'handlers are told').toBe(true);
    expect(one.timers).toBe(0);
    const second = await resume(steps(two), 'r', two.place);
    await clock.advance('10m');
    expect(await second.finished).toMatchObject({ status: 'Succeeded', outputs: 3 });
    expect(two.calls).toEqual(['r/Second', 'r/Third']);
  });

  it('of a run that waits for another process leaves that one alone', async () => {
    const { clock, process } = world();
    const [one, two] = [process(), process()];
    const first = one.start(steps(one), undefined);
    const waiting = two.start(steps(two), undefined);
    await clock.advance('10s');
    await waiting.suspend();
    await expect(waiting.finished).rejects.toMatchObject({ code: 'RUN_SUSPENDED' });
    await clock.advance('10m');

    expect((await first.finished).status).toBe('Succeeded');
  });

  it('right after the start keeps the run for later', async () => {
    const { clock, process } = world();
    const [one, two] = [process(), process()];
    const first = one.start(steps(one), undefined);
    await first.suspend();
    await clock.advance('1s');
    expect(one.calls).toEqual([]);
    const second = two.start(steps(two), undefined);
    await clock.advance('10m');

    expect((await second.finished).status).toBe('Succeeded');
  });

  it('of a run that has ended does nothing, of one without a store is refused', async () => {
    const { clock, process } = world();
    const one = process();
    const run = one.start(steps(one), undefined);
    await clock.advance('10m');
    await run.suspend();
    expect((await run.finished).status).toBe('Succeeded');
    const plain = start(
      workflow('Plain', (flow) => flow.delay('Pause', [], '1h')),
      undefined,
      { clock },
    );

    await expect(plain.suspend()).rejects.toMatchObject({ code: 'RUN_OPTION_INVALID' });
    plain.cancel();
    await plain.finished;
  });
});

describe('resumeAll', () => {
  it('takes what a dead process held after one lease time, and leaves a living one alone', async () => {
    const { clock, store, process } = world();
    const [dead, alive, next] = [process(), process(), process()];
    dead.start(steps(dead), undefined, { runId: 'a' });
    dead.start(steps(dead), undefined, { runId: 'b' });
    const living = alive.start(steps(alive), undefined, { runId: 'c' });
    start(
      workflow('Other', (flow) => flow.delay('Pause', [], '1h')),
      undefined,
      {
        ...dead.place,
        runId: 'd',
      },
    );
    const ended = start(
      workflow('Steps', (flow) => flow.action('One', () => 1)),
      undefined,
      {
        ...dead.place,
        runId: 'e',
      },
    );
    await clock.advance('90s');
    await ended.finished;
    dead.kill();
    let done = false;
    const all = resumeAll([steps(next)], { ...next.place }).finally(() => {
      done = true;
    });
    await clock.advance('16s');

    expect(done, 'within one lease time').toBe(true);
    const { resumed, held, refused, others } = await all;
    expect(resumed.map(({ id }) => id).sort()).toEqual(['a', 'b']);
    expect(held).toMatchObject([{ code: 'RUN_HELD', runId: 'c' }]);
    expect(refused).toEqual([]);
    expect(others).toEqual([{ runId: 'd', workflow: 'Other' }]);
    await clock.advance('10m');
    for (const run of [...resumed, living as Run<unknown>]) {
      expect((await run.finished).status).toBe('Succeeded');
    }
    expect(next.calls.sort()).toEqual(['a/Second', 'a/Third', 'b/Second', 'b/Third']);
    expect((await store.readRun('c'))?.end?.status).toBe('Succeeded');
  });

  it('tells which runs it could not resume, and resumes the others', async () => {
    const { clock, process } = world();
    const [dead, next] = [process(), process()];
    const changed = workflow('Changed', (flow) => flow.delay('Pause', [], '1h'));
    dead.start(steps(dead), undefined, { runId: 'a' });
    start(changed, undefined, { ...dead.place, runId: 'b' });
    await clock.advance('1s');
    dead.kill();
    await dead.bury();
    const now = workflow('Changed', (flow) => flow.action('New', () => 1));
    const { resumed, refused } = await resumeAll([steps(next), now], next.place);

    expect(resumed.map(({ id }) => id)).toEqual(['a']);
    expect(refused).toMatchObject([{ runId: 'b', error: { code: 'DEFINITION_CHANGED' } }]);
    next.kill();
  });
});
