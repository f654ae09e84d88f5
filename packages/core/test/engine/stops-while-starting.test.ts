/**
 * A subscriber may cancel the run at any event, also while something is being started.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import {
  event,
  type Flow,
  type Run,
  settled,
  start,
  type Workflow,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';

type Add = (flow: Flow<undefined>) => void;

const child = workflow('Child', (flow: Flow<undefined>) => {
  flow.action('Work', () => 1);
});

const starting: { readonly kind: string; readonly add: Add }[] = [
  { kind: 'action', add: (flow) => flow.action('It', ({ signal }) => signal.throwIfAborted()) },
  { kind: 'action with a timeout', add: (flow) => flow.action('It', () => 1, { timeout: '1h' }) },
  { kind: 'delay', add: (flow) => flow.delay('It', [], '1h') },
  { kind: 'waitFor', add: (flow) => flow.waitFor('It', [], event('go'), { timeout: '1h' }) },
  {
    kind: 'scope',
    add: (flow) =>
      flow.scope('It', [], (scope) => void scope.action('Work', () => 1), { timeout: '1h' }),
  },
  {
    kind: 'forEach',
    add: (flow) =>
      flow.forEach(
        'It',
        [],
        () => [1],
        (each) => void each.action('Work', () => 1),
        {
          timeout: '1h',
        },
      ),
  },
  {
    kind: 'until',
    add: (flow) =>
      flow.until(
        'It',
        [],
        () => 0,
        (round) => round.action('Work', () => 1),
        () => true,
      ),
  },
  {
    kind: 'condition',
    add: (flow) =>
      flow.condition(
        'It',
        [],
        () => true,
        { then: (branch) => void branch.action('Work', () => 1) },
        {
          timeout: '1h',
        },
      ),
  },
  { kind: 'child', add: (flow) => flow.child('It', [], child, () => undefined, { timeout: '1h' }) },
];

function cancelOn(type: string, flow: Workflow<undefined, unknown>) {
  const clock = virtualClock();
  const ends: string[] = [];
  const run: Run<unknown> = start(flow, undefined, {
    clock,
    onEvent: (event) => {
      if (event.type === type) run.cancel('A subscriber said so.');
      if (event.type === 'action.ended') ends.push(event.path);
    },
  });
  return { clock, ends, run };
}

describe.each(starting)('a run that is cancelled as its $kind starts', ({ add }) => {
  it('ends Cancelled, with each end told once, nothing started after it, and no timer left', async () => {
    const flow = workflow('Cancelled', (flow: Flow<undefined>) => add(flow));
    const { clock, ends, run } = cancelOn('action.started', flow);
    await clock.advance('10s');
    const { status, results } = await run.finished;

    expect(status).toBe('Cancelled');
    expect(outline(results).It).toBe('Cancelled RUN_CANCELLED');
    expect(outline(results)).not.toMatchObject({ 'It/Work': 'Succeeded' });
    expect(ends.toSorted()).toEqual([...new Set(ends)].toSorted());
    expect(clock.pending).toBe(0);
  });
});

describe('a run that is cancelled as its terminate starts', () => {
  it('ends Cancelled, for it was cancelled first', async () => {
    const flow = workflow('Cancelled', (flow: Flow<undefined>) => {
      flow.terminate('End', [], 'Succeeded');
    });
    const { run } = cancelOn('action.started', flow);

    expect(await run.finished).toMatchObject({
      status: 'Cancelled',
      error: { code: 'RUN_CANCELLED' },
    });
  });
});

describe.each(['iteration.started', 'iteration.ended', 'attempt.started', 'attempt.ended'])(
  'a run that is cancelled on %s',
  (type) => {
    it('ends Cancelled and starts nothing more', async () => {
      const started: number[] = [];
      const flow = workflow('Cancelled', (flow: Flow<undefined>) => {
        const loop = flow.forEach(
          'Loop',
          [],
          () => [1, 2, 3],
          (each) => {
            each.action('Work', ({ item }) => started.push(item));
          },
        );
        flow.action('After', [settled(loop)], () => 1);
      });
      const { clock, run } = cancelOn(type, flow);
      await clock.advance('10s');
      const { status, results } = await run.finished;

      expect(status).toBe('Cancelled');
      expect(started.length).toBeLessThanOrEqual(1);
      expect(outline(results)).toMatchObject({
        Loop: 'Cancelled RUN_CANCELLED',
        After: 'Skipped RUN_CANCELLED',
      });
      expect(clock.pending).toBe(0);
    });
  },
);
