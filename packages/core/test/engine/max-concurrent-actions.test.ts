/**
 * `maxConcurrentActions`: how many handlers of a run are in flight, however its containers are nested.
 * @module
 */
import { fixed, virtualClock } from '@runafter/clock';
import { type Flow, start, type Workflow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { AtWork } from './at-work.ts';

describe('a run with maxConcurrentActions', () => {
  it('has no more handlers at work, over all its scopes and nested loops, and all it may have', async () => {
    const { most, elapsed, status } = await run(3, (flow, work) => {
      flow.action('Alone', work);
      flow.scope('Scope', [], (scope) => {
        scope.action('A', work);
        scope.action('B', work);
      });
      flow.forEach(
        'Outer',
        [],
        () => [1, 2, 3],
        (each) => {
          each.forEach(
            'Inner',
            [],
            () => [1, 2, 3],
            (inner) => {
              inner.action('Work', work);
            },
            { concurrency: 3 },
          );
        },
        { concurrency: 3 },
      );
    });

    expect(status).toBe('Succeeded');
    expect(most).toBe(3);
    // 12 handlers of a second, three at a time.
    expect(elapsed).toBe(4_000);
  });

  it('does not count containers, which would wait for their own insides for ever', async () => {
    const { most, status } = await run(1, (flow, work) => {
      flow.scope('One', [], (one) => {
        one.scope('Two', [], (two) => {
          two.forEach(
            'Three',
            [],
            () => [1, 2],
            (three) => {
              three.action('Work', work);
            },
            { concurrency: 2 },
          );
        });
      });
    });

    expect(status).toBe('Succeeded');
    expect(most).toBe(1);
  });

  it('counts the handlers of child workflows, which may have a lower bound of their own', async () => {
    const atWork = { parent: new AtWork(), child: new AtWork() };
    const clock = virtualClock({ autoAdvance: true });
    const child = workflow(
      'Child',
      (flow) => {
        for (const name of ['A', 'B', 'C', 'D']) {
          flow.action(name, () =>
            Promise.all([atWork.parent.on(clock, 1_000), atWork.child.on(clock, 1_000)]),
          );
        }
      },
      { maxConcurrentActions: 2 },
    );
    const parent = workflow(
      'Parent',
      (flow) => {
        flow.child('Child', [], child, () => undefined);
        for (const name of ['E', 'F', 'G', 'H']) {
          flow.action(name, () => atWork.parent.on(clock, 1_000));
        }
      },
      { maxConcurrentActions: 3 },
    );
    const { status } = await start(parent, undefined, { clock }).finished;

    expect(status).toBe('Succeeded');
    expect(atWork.parent.most).toBe(3);
    expect(atWork.child.most).toBe(2);
  });

  it('lets others work while an action waits for its next attempt', async () => {
    const order: string[] = [];
    const { elapsed } = await run(1, (flow) => {
      flow.action(
        'Busy',
        ({ attempt }) => {
          order.push(`Busy ${attempt}`);
          if (attempt === 1) throw new Error('busy');
        },
        { retry: fixed({ count: 1, interval: '10s' }) },
      );
      flow.action('Other', () => {
        order.push('Other');
      });
    });

    expect(order).toEqual(['Busy 1', 'Other', 'Busy 2']);
    expect(elapsed).toBe(10_000);
  });

  it('does not let a delay or a wait take up room', async () => {
    const { elapsed } = await run(1, (flow, work) => {
      flow.delay('Wait', [], '10s');
      flow.action('Work', work);
    });

    expect(elapsed).toBe(10_000);
  });

  it('starts its handlers in the order in which they became ready', async () => {
    const order: string[] = [];
    await run(1, (flow) => {
      for (const name of ['A', 'B', 'C', 'D']) {
        flow.action(name, async () => {
          order.push(name);
        });
      }
    });

    expect(order).toEqual(['A', 'B', 'C', 'D']);
  });
});

describe('the option of start()', () => {
  it('goes before that of the workflow', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const atWork = new AtWork();
    const flow = workflow(
      'Bounded',
      (flow) => {
        for (const name of ['A', 'B', 'C', 'D']) flow.action(name, () => atWork.on(clock, 1_000));
      },
      { maxConcurrentActions: 2 },
    );
    await start(flow, undefined, { clock }).finished;
    expect(atWork.most).toBe(2);

    await start(flow, undefined, { clock, maxConcurrentActions: 3 }).finished;
    expect(atWork.most).toBe(3);

    await start(flow, undefined, { clock, maxConcurrentActions: Infinity }).finished;
    expect(atWork.most).toBe(4);
  });

  it('bounds each run by itself', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const atWork = new AtWork();
    const flow: Workflow<void, void> = workflow('Bounded', (flow: Flow<void>) => {
      for (const name of ['A', 'B']) flow.action(name, () => atWork.on(clock, 1_000));
    });
    await Promise.all(
      [1, 2, 3].map(() => start(flow, undefined, { clock, maxConcurrentActions: 1 }).finished),
    );

    expect(atWork.most).toBe(3);
  });
});

/** Runs a workflow whose handlers take a second each. */
async function run(
  maxConcurrentActions: number,
  write: (flow: Flow<void>, work: (context: { signal: AbortSignal }) => Promise<void>) => void,
) {
  const clock = virtualClock({ autoAdvance: true });
  const atWork = new AtWork();
  const flow = workflow('Bounded', (flow: Flow<void>) => {
    write(flow, ({ signal }) => atWork.on(clock, 1_000, signal));
  });
  const { status } = await start(flow, undefined, { clock, maxConcurrentActions }).finished;
  return { status, most: atWork.most, elapsed: clock.monotonic() };
}
