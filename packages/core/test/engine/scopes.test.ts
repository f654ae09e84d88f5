/**
 * Scopes: a group of actions with one status, one output, and a time of its own.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { failed, settled, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';

const boom = (): never => {
  throw Object.assign(new Error('The line is dead.'), { code: 'LINE_DEAD' });
};

describe('a scope', () => {
  it('hands over what its body returns, and its result has the first-level records', async () => {
    const flow = workflow('Notify', (flow) => {
      const notify = flow.scope('Notify', [], (scope) => {
        const mail = scope.action('Mail', () => 'mailed');
        scope.scope('Chat', [mail], (inner) => inner.action('Post', () => 'posted'));
        return settled(mail);
      });
      return flow.action('Report', [settled(notify)], ([notify]) => ({
        names: notify.results.map(({ name }) => name),
        mail: notify.status === 'Succeeded' ? notify.outputs : undefined,
      }));
    });

    const result = await start(flow, undefined).finished;

    expect(result).toMatchObject({
      status: 'Succeeded',
      outputs: { names: ['Mail', 'Chat'], mail: { status: 'Succeeded', outputs: 'mailed' } },
    });
    expect(outline(result.results)).toEqual({
      Notify: 'Succeeded',
      'Notify/Mail': 'Succeeded',
      'Notify/Chat': 'Succeeded',
      'Notify/Chat/Post': 'Succeeded',
      Report: 'Succeeded',
    });
  });

  it('brings values from outside in, as deep as they are passed on', async () => {
    const flow = workflow('Deep', (flow) => {
      const stock = flow.action('Stock', () => 7);
      return flow.scope('Outer', [stock], (outer, [stock]) =>
        outer.scope('Inner', [stock], (inner, [stock]) =>
          inner.action('Double', [stock], ([stock]) => stock * 2),
        ),
      );
    });

    expect(await start(flow, undefined).finished).toMatchObject({ outputs: 14 });
  });

  it('with nothing in it Succeeded and hands over nothing', async () => {
    const flow = workflow('Empty', (flow) => {
      const empty = flow.scope('Empty', [], () => {});
      return flow.action('After', [empty], ([value]) => ({ value }));
    });

    const result = await start(flow, undefined).finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: { value: undefined } });
    expect(result.results[0]).toMatchObject({ status: 'Succeeded', results: [] });
  });

  it('is Failed by a leaf that failed, and names it', async () => {
    const flow = workflow('Provision', (flow) => {
      flow.scope('Provision', [], (scope) => {
        scope.action('Create_Site', boom);
        scope.action('Create_Team', () => 'ok');
      });
    });

    const { results } = await start(flow, undefined).finished;

    expect(results[0]).toMatchObject({ status: 'Failed', code: 'LINE_DEAD' });
    expect(results[0]?.error?.message).toContain('"Provision/Create_Site" ended Failed');
    expect(results[0]?.error?.message).toContain('The line is dead.');
  });

  it('Succeeded when the failure inside it was handled inside it', async () => {
    const flow = workflow('Provision', (flow) => {
      flow.scope('Provision', [], (scope) => {
        const site = scope.action('Create_Site', boom);
        scope.action('Log', [failed(site)], ([site]) => site.error.code);
      });
    });

    const { results, handledFailures } = await start(flow, undefined).finished;

    expect(results[0]).toMatchObject({ status: 'Succeeded', code: 'OK' });
    expect(handledFailures.map(({ path }) => path)).toEqual(['Provision/Create_Site']);
  });

  it('that was skipped shows a skipped record for each action in it, which says why', async () => {
    const flow = workflow('Skip', (flow) => {
      const read = flow.action('Read', boom);
      flow.scope('Process', [read], (scope) => {
        scope.scope('Inner', [], (inner) => {
          inner.action('Work', () => 1);
        });
      });
    });

    const run = start(flow, undefined);
    const { results } = await run.finished;

    expect(outline(results)).toEqual({
      Read: 'Failed LINE_DEAD',
      Process: 'Skipped RUN_AFTER_NOT_MET',
      'Process/Inner': 'Skipped PARENT_SKIPPED',
      'Process/Inner/Work': 'Skipped PARENT_SKIPPED',
    });
    expect(run.result('Process/Inner/Work')?.error?.message).toContain('"Process/Inner"');
  });
});

describe('a scope with a timeout', () => {
  it('stops what runs in it as TimedOut, skips the rest, and leaves its siblings alone', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Slow', (flow) => {
      const quick = flow.scope(
        'Quick',
        [],
        (scope) => {
          scope.action('Done', () => clock.sleep('1s'));
          const slow = scope.action('Slow', ({ signal }) => clock.sleep('1h', { signal }));
          scope.action('After', [slow], () => 1);
        },
        { timeout: '10s' },
      );
      flow.action('Sibling', () => clock.sleep('20s'));
      flow.action('Handle', [failed(quick)], ([quick]) => quick.error.code);
    });

    const { status, results } = await start(flow, undefined, { clock }).finished;

    expect(status).toBe('Succeeded');
    expect(outline(results)).toEqual({
      Quick: 'TimedOut CONTAINER_TIMED_OUT',
      'Quick/Done': 'Succeeded',
      'Quick/Slow': 'TimedOut CONTAINER_TIMED_OUT',
      'Quick/After': 'Skipped CONTAINER_TIMED_OUT',
      Sibling: 'Succeeded',
      Handle: 'Succeeded',
    });
    expect(results[0]?.error?.message).toContain('"Quick"');
    expect(results[0]?.endTime.getTime()).toBe(Date.UTC(2026, 0, 1) + 10_000);
  });

  it('waits for a handler that ignores the signal only as long as the grace time', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Deaf', (flow) => {
      flow.scope(
        'Scope',
        [],
        (scope) => {
          scope.action('Deaf', () => clock.sleep('1h'));
        },
        { timeout: '10s' },
      );
    });

    const result = await start(flow, undefined, { clock, grace: '3s' }).finished;

    expect(result.endTime.getTime() - result.startTime.getTime()).toBe(13_000);
    expect(result.unsettled).toEqual(['Scope/Deaf']);
  });

  it('that ends in time leaves no timer behind', async () => {
    const clock = virtualClock();
    const flow = workflow('In_Time', (flow) => {
      flow.scope(
        'Sync',
        [],
        (scope) => {
          scope.action('Work', () => 1);
        },
        { timeout: '10s' },
      );
      flow.scope(
        'Async',
        [],
        (scope) => {
          scope.action('Work', async () => 1);
        },
        { timeout: '10s' },
      );
      flow.scope('Empty', [], () => {}, { timeout: '10s' });
    });

    expect((await start(flow, undefined, { clock }).finished).status).toBe('Succeeded');
    expect(clock.pending).toBe(0);
  });
});
