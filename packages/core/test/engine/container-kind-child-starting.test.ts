/**
 * What a container kind does before a child starts: the child waits for it, and nobody else does.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { type RunEvent, start, workflow } from '@runafter/core';
import { type ContainerKind, container } from '@runafter/core/container-kind';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';

/** A kind that notes the names of children before they start; saving takes a second. */
function notingKind(clock: ReturnType<typeof virtualClock>) {
  const kind: ContainerKind<object, readonly string[]> = {
    name: 'noting',
    initialState: () => [],
    childStarting: async (container, child) => {
      await clock.sleep('1s');
      await container.saveState([...container.state, child.name]);
    },
    finish: ({ state }) => ({ status: 'Succeeded', outputs: state }),
  };
  return kind;
}

describe('childStarting', () => {
  it('is awaited: a child neither starts nor is told to have started before it resolves', async () => {
    const clock = virtualClock();
    const seen: string[] = [];
    const flow = workflow('Noting', (flow) =>
      container(
        flow,
        notingKind(clock),
        'Noting',
        [],
        (inner) => {
          const first = inner.action(
            'First',
            () => void seen.push(`First at ${clock.monotonic()}`),
          );
          inner.action('Second', [first], () => void seen.push(`Second at ${clock.monotonic()}`));
        },
        {},
      ),
    );
    const onEvent = (event: RunEvent) => {
      if (event.type === 'action.started') seen.push(`${event.path} told at ${clock.monotonic()}`);
    };
    const run = start(flow, undefined, { clock, onEvent });
    await clock.advance('10s');

    expect(await run.finished).toMatchObject({ outputs: ['First', 'Second'] });
    expect(seen).toEqual([
      'Noting told at 0',
      'Noting/First told at 1000',
      'First at 1000',
      'Noting/Second told at 2000',
      'Second at 2000',
    ]);
  });

  it('is asked for containers among the children too, but not for what is inside them', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Noting', (flow) =>
      container(
        flow,
        notingKind(clock),
        'Noting',
        [],
        (inner) => {
          inner.forEach(
            'Loop',
            [],
            () => [1, 2],
            (each) => void each.action('Work', () => 1),
          );
          inner.delay('Wait', [], '1s');
        },
        {},
      ),
    );

    expect(await start(flow, undefined, { clock }).finished).toMatchObject({
      outputs: ['Loop', 'Wait'],
    });
  });

  it('is not asked for a child that is skipped', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Noting', (flow) =>
      container(
        flow,
        notingKind(clock),
        'Noting',
        [],
        (inner) => {
          const first = inner.action('First', (): number => {
            throw new Error('no');
          });
          inner.action('Second', [first], () => 1);
        },
        {},
      ),
    );

    expect(await start(flow, undefined, { clock }).finished).toMatchObject({ outputs: ['First'] });
  });

  it('holds its child only: siblings that are ready go on', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const kind: ContainerKind<object> = {
      name: 'slow for one',
      childStarting: (_, { name }) => (name === 'Slow' ? clock.sleep('1h') : undefined),
    };
    const flow = workflow('Side_By_Side', (flow) => {
      container(
        flow,
        kind,
        'Kind',
        [],
        (inner) => {
          inner.action('Slow', () => 1);
          const quick = inner.action('Quick', () => 2);
          inner.action('Next', [quick], () => 3);
        },
        {},
      );
    });
    const run = start(flow, undefined, { clock });
    await run.finished;

    const at = (path: string) => run.result(path)?.startTime.getTime();
    expect(at('Kind/Next')).toBe(Date.UTC(2026, 0, 1));
    expect(at('Kind/Slow')).toBe(Date.UTC(2026, 0, 1, 1));
  });

  it('that is under way when the run is cancelled leaves its child skipped', async () => {
    const clock = virtualClock();
    const flow = workflow('Noting', (flow) => {
      container(
        flow,
        notingKind(clock),
        'Noting',
        [],
        (inner) => void inner.action('First', () => 1),
        {},
      );
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('500ms');
    run.cancel();
    await clock.advance('10s');

    const { status, results } = await run.finished;
    expect(status).toBe('Cancelled');
    expect(outline(results)).toEqual({
      Noting: 'Succeeded',
      'Noting/First': 'Skipped RUN_CANCELLED',
    });
  });

  it('that rejects or throws fails its child alone', async () => {
    const kind: ContainerKind<object> = {
      name: 'refusing',
      childStarting: (_, { name }) => {
        if (name === 'Throws') throw Object.assign(new Error('not you'), { code: 'NOT_YOU' });
        return name === 'Rejects' ? Promise.reject(new Error('nor you')) : undefined;
      },
    };
    const called: string[] = [];
    const flow = workflow('Refusing', (flow) => {
      container(
        flow,
        kind,
        'Kind',
        [],
        (inner) => {
          for (const name of ['Throws', 'Rejects', 'Runs']) {
            inner.action(name, () => void called.push(name));
          }
        },
        {},
      );
    });
    const run = start(flow, undefined);
    await run.finished;

    expect(called).toEqual(['Runs']);
    expect(run.result('Kind/Throws')).toMatchObject({ status: 'Failed', code: 'NOT_YOU' });
    expect(run.result('Kind/Rejects')).toMatchObject({ error: { message: 'nor you' } });
    expect(run.result('Kind')).toMatchObject({ status: 'Failed', code: 'NOT_YOU' });
  });
});
