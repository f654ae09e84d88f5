/**
 * What a run has asked its functions, it does not ask again after a restart: the second answer might be
 * another one.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { event, type Flow, memoryRunStore, resume, type Workflow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { MortalProcess } from './mortal-process.ts';

type Write = (answer: () => number, process: MortalProcess) => Workflow<undefined, unknown>;

/** Every function that is asked gives 1 in the first process and 2 in the second one. */
const workflows: Record<string, Write> = {
  'which branch a condition takes': (answer) =>
    workflow('Condition', (flow) =>
      flow.condition('If', [], () => answer() === 1, {
        then: (then) => {
          const pause = then.delay('Pause', [], '1h');
          return then.action('Then', [pause], () => 1);
        },
        else: (otherwise) => otherwise.action('Else', () => 2),
      }),
    ),
  'which branch a switch takes': (answer) =>
    workflow('Switch', (flow) =>
      flow.switch('Switch', [], () => String(answer()) as '1' | '2', {
        1: (one) => {
          const pause = one.delay('Pause', [], '1h');
          return one.action('One', [pause], () => 1);
        },
        2: (two) => two.action('Two', () => 2),
      }),
    ),
  'the input of a child workflow': (answer) => {
    const child = workflow('Child', (flow: Flow<number>) => {
      const pause = flow.delay('Pause', [], '1h');
      return flow.action('Use', [pause], (_, { input }) => input);
    });
    return workflow('Parent', (flow) => flow.child('Call', [], child, answer));
  },
  'what an until begins with': (answer) =>
    workflow('Until', (flow) =>
      flow.until(
        'Until',
        [],
        answer,
        (round) => {
          const pause = round.delay('Pause', [], '30m');
          return round.action('Same', [round.state, pause], ([state]) => state);
        },
        () => true,
      ),
    ),
  'the items of a loop': (answer) =>
    workflow('Loop', (flow) => {
      const loop = flow.forEach(
        'Loop',
        [],
        () => [answer()],
        (each) => {
          const pause = each.delay('Pause', [], '1h');
          return each.action('Item', [each.item, pause], ([item]) => item);
        },
      );
      return flow.action('First', [loop], ([[first]]) => first);
    }),
  'how long to wait': (answer, { clock }) =>
    workflow('Delay', (flow) => {
      const pause = flow.delay('Pause', [], () => `${answer()}h`);
      return flow.action('Hours', [pause], () => (clock.now() - Date.UTC(2026, 0, 1)) / 3_600_000);
    }),
};

describe('a run that is resumed does not ask again', () => {
  it.each(Object.entries(workflows))('%s', async (_, write) => {
    const clock = virtualClock({ autoAdvance: true });
    const store = memoryRunStore({ clock });
    const asked: number[] = [];
    const asking = (answer: number) => () => {
      asked.push(answer);
      return answer;
    };
    const first = new MortalProcess(store, clock);
    first.start(write(asking(1), first), undefined);
    clock.setTimer(60_000, () => first.kill());
    await first.died;
    await first.bury();
    const second = new MortalProcess(store, clock);
    const run = await resume(write(asking(2), second), 'r', second.place);

    expect(await run.finished).toMatchObject({ status: 'Succeeded', outputs: 1 });
    expect(asked).toEqual([1]);
  });

  it('which of several signals a wait means', async () => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const write = (who: string) =>
      workflow('Wait', (flow) =>
        flow.waitFor('Wait', [], event<string>('approval'), { correlate: () => who }),
      );
    const first = new MortalProcess(store, clock);
    first.start(write('ann'), undefined);
    await clock.advance('1m');
    first.kill();
    await first.bury();
    const second = new MortalProcess(store, clock);
    const run = await resume(write('bob'), 'r', second.place);
    await run.signal('approval', 'from bob', { correlate: 'bob' });
    await clock.advance('1m');
    expect(run.status).toBeUndefined();
    await run.signal('approval', 'from ann', { correlate: 'ann' });

    expect(await run.finished).toMatchObject({ outputs: 'from ann' });
  });
});

describe('a signal', () => {
  it('that was taken before the restart is not given to the next wait', async () => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const write = () =>
      workflow('Two_Waits', (flow) => {
        const go = event<number>('go');
        const first = flow.waitFor('First', [], go);
        const second = flow.waitFor('Second', [first], go);
        return flow.action('Both', [first, second], (both) => both);
      });
    const first = new MortalProcess(store, clock);
    const before = first.start(write(), undefined);
    expect(await before.signal('go', 1, { id: 'one' })).toBe('delivered');
    await clock.advance('1m');
    expect(before.result('First')?.outputs).toBe(1);
    first.kill();
    await first.bury();
    const second = new MortalProcess(store, clock);
    const run = await resume(write(), 'r', second.place);
    expect(await run.signal('go', 1, { id: 'one' })).toBe('duplicate');
    await clock.advance('1m');
    expect(run.status, 'nobody has sent a second one').toBeUndefined();
    await run.signal('go', 2, { id: 'two' });

    expect(await run.finished).toMatchObject({ outputs: [1, 2] });
  });
});
