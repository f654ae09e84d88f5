/**
 * Container kinds in loops, loops in container kinds, and kinds in kinds.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { type Flow, start, workflow } from '@runafter/core';
import { type ContainerKind, container } from '@runafter/core/container-kind';
import { describe, expect, it } from 'vitest';
import { quorum } from './mini-quorum.ts';
import { saga, undoneBy } from './mini-saga.ts';
import { outline } from './outline.ts';

/** Cancels its children once one of them has handed over 'stop'. */
const stoppable: ContainerKind<object> = {
  name: 'stoppable',
  childEnded: (container, { outputs }) => {
    if (outputs === 'stop')
      container.cancelChildren({ code: 'STOPPED', message: 'One said stop.' });
  },
};

describe('a kind in a loop', () => {
  it('cancels the children of its own iteration alone', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Loop', (flow) => {
      flow.forEach(
        'Loop',
        [],
        () => ['go', 'stop', 'go'],
        (each) => {
          container(
            each,
            stoppable,
            'Kind',
            [],
            (inner) => {
              inner.action('Say', async ({ item }) => item);
              inner.action('Work', ({ signal }) => clock.sleep('1m', { signal }));
            },
            {},
          );
        },
        { concurrency: 3 },
      );
    });

    const { results } = await start(flow, undefined, { clock }).finished;

    expect(outline(results)).toEqual({
      Loop: 'Failed STOPPED',
      'Loop[0]': 'Succeeded',
      'Loop[0]/Kind': 'Succeeded',
      'Loop[0]/Kind/Say': 'Succeeded',
      'Loop[0]/Kind/Work': 'Succeeded',
      'Loop[1]': 'Failed STOPPED',
      'Loop[1]/Kind': 'Failed STOPPED',
      'Loop[1]/Kind/Say': 'Succeeded',
      'Loop[1]/Kind/Work': 'Cancelled STOPPED',
      'Loop[2]': 'Succeeded',
      'Loop[2]/Kind': 'Succeeded',
      'Loop[2]/Kind/Say': 'Succeeded',
      'Loop[2]/Kind/Work': 'Succeeded',
    });
  });

  it('gets through 10,000 items with few kept', async () => {
    const flow = workflow('Loop', (flow) =>
      flow.forEach(
        'Loop',
        [],
        () => Array.from({ length: 10_000 }).keys(),
        (each) => {
          container(each, stoppable, 'Kind', [], (inner) => void inner.action('Work', () => 1), {});
        },
        { concurrency: 10, keep: 'summary' },
      ),
    );

    expect(await start(flow, undefined).finished).toMatchObject({ outputs: { Succeeded: 10_000 } });
  });
});

describe('a loop in a kind', () => {
  it('is stopped with the children, and starts no further iteration', async () => {
    const clock = virtualClock({ autoAdvance: true });
    let started = 0;
    const flow = workflow('Kind', (flow) => {
      container(
        flow,
        stoppable,
        'Kind',
        [],
        (inner) => {
          inner.action('Say', () => clock.sleep('90s').then(() => 'stop'));
          inner.forEach(
            'Loop',
            [],
            () => [1, 2, 3, 4],
            (each) => {
              each.action('Work', ({ signal }) => {
                started++;
                return clock.sleep('1m', { signal });
              });
            },
          );
        },
        {},
      );
    });

    const { results } = await start(flow, undefined, { clock }).finished;

    expect(started).toBe(2);
    expect(outline(results)).toMatchObject({
      Kind: 'Failed STOPPED',
      'Kind/Loop': 'Cancelled STOPPED',
      'Kind/Loop[0]': 'Succeeded',
      'Kind/Loop[1]': 'Cancelled STOPPED',
    });
    expect(clock.pending).toBe(0);
  });
});

describe('a kind in a kind', () => {
  it('is stopped by the outer one, finishes, and only then the outer one does', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const order: string[] = [];
    const finishing = (name: string): ContainerKind<object> => ({
      ...stoppable,
      finish: async ({ stopped, perform }) => {
        await perform('Clean', () => clock.sleep('1h'));
        order.push(`${name}: ${stopped?.code} at ${clock.monotonic() / 60_000} min`);
        return undefined;
      },
    });
    const flow = workflow('Nested', (flow) => {
      container(
        flow,
        finishing('outer'),
        'Outer',
        [],
        (outer) => {
          outer.action('Say', () => clock.sleep('1m').then(() => 'stop'));
          container(
            outer,
            finishing('inner'),
            'Inner',
            [],
            (inner) => {
              inner.action('Work', ({ signal }) => clock.sleep('1d', { signal }));
            },
            {},
          );
        },
        {},
      );
    });

    const { results } = await start(flow, undefined, { clock }).finished;

    expect(order).toEqual(['inner: STOPPED at 61 min', 'outer: undefined at 121 min']);
    expect(outline(results)).toEqual({
      Outer: 'Failed STOPPED',
      'Outer/Say': 'Succeeded',
      'Outer/Inner': 'Cancelled STOPPED',
      'Outer/Inner/Work': 'Cancelled STOPPED',
      'Outer/Inner/Clean': 'Succeeded',
      'Outer/Clean': 'Succeeded',
    });
  });

  it('may be a quorum in a saga: decided, then undone', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const undone: unknown[] = [];
    const flow = workflow('Both', (flow: Flow<unknown>) => {
      saga(flow, 'Saga', [], (steps) => {
        const asked = quorum(
          steps,
          'Ask',
          [],
          (voters) => {
            voters.action('Yes', async () => true);
            voters.action('Slow', ({ signal }) => clock.sleep('1d', { signal }).then(() => false));
          },
          { needed: 1 },
        );
        const book = steps.action('Book', [asked], () => {
          throw new Error('fully booked');
        });
        undoneBy(asked, (done) => void undone.push(done));
        undoneBy(book, () => {});
      });
    });

    const { results, startTime, endTime } = await start(flow, undefined, { clock }).finished;

    expect(undone).toEqual([{ outputs: { decision: 'accepted', yes: ['Yes'], no: [] } }]);
    expect(endTime.getTime()).toBe(startTime.getTime());
    expect(outline(results)).toMatchObject({
      Saga: 'Failed COMPENSATED',
      'Saga/Ask': 'Succeeded',
      'Saga/Ask/Slow': 'Cancelled QUORUM_DECIDED',
      'Saga/Undo_Ask': 'Succeeded',
    });
  });
});
