/**
 * Child workflows: a run inside a run, with a status, an output and an end of its own.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import {
  event,
  type Flow,
  failed,
  type RunEvent,
  settled,
  start,
  type Workflow,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';

const half = workflow('Half', (flow: Flow<number>) =>
  flow.action('Halve', ({ input }) => input / 2),
);

function parentOf<T>(child: Workflow<undefined, T>) {
  return workflow('Parent', (flow) => {
    const sub = flow.child('Sub', [], child, () => undefined);
    flow.action('Next', [sub], () => 'went on');
    flow.action('Handle', [failed(sub)], ([sub]) => sub.error.code);
  });
}

describe('a child workflow', () => {
  it('gets its input from what it runs after, and hands over its outputs', async () => {
    const flow = workflow('Parent', (flow: Flow<number>) => {
      const double = flow.action('Double', ({ input }) => input * 2);
      const sub = flow.child('Sub', [double], half, ([double], { input }) => double + input);
      return flow.action('Show', [sub], ([sub]) => `half is ${sub}`);
    });

    const result = await start(flow, 4).finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: 'half is 6' });
    expect(outline(result.results)).toEqual({
      Double: 'Succeeded',
      Sub: 'Succeeded',
      'Sub > Halve': 'Succeeded',
      Show: 'Succeeded',
    });
  });

  it('has its records inside the record of its action, and an id made of it', async () => {
    const flow = workflow('Parent', (flow) => {
      flow.scope('Scope', [], (scope) => {
        scope.child('Sub', [], half, () => 1);
      });
    });

    const run = start(flow, undefined, { runId: 'r' });
    await run.finished;

    expect(run.result('Scope/Sub')).toMatchObject({ kind: 'child', childRunId: 'r/Scope/Sub' });
    expect(run.result('Scope/Sub/Halve')).toMatchObject({
      outputs: 0.5,
      clientTrackingId: 'r/Scope/Sub',
    });
  });

  it('can be run many times at once, each with its own input', async () => {
    const flow = workflow('Parent', (flow) =>
      flow.forEach(
        'Loop',
        [],
        () => [2, 4, 6],
        (each) => each.child('Sub', [each.item], half, ([item]) => item),
        { concurrency: 3 },
      ),
    );

    expect(await start(flow, undefined).finished).toMatchObject({ outputs: [1, 2, 3] });
  });

  it('gives its actions idempotency keys that belong to the parent run', async () => {
    const keys = workflow('Keys', (flow: Flow<unknown>) =>
      flow.action('Key', ({ idempotencyKey }) => idempotencyKey),
    );
    const flow = workflow('Parent', (flow) =>
      flow.forEach(
        'Loop',
        [],
        () => ['x', 'y'],
        (each) => each.child('Sub', [], keys, () => 0),
        {
          id: (item) => item,
        },
      ),
    );

    expect(await start(flow, undefined, { runId: 'r' }).finished).toMatchObject({
      outputs: ['r/Loop[id=x]/Sub/Key', 'r/Loop[id=y]/Sub/Key'],
    });
  });

  it('is Failed with its input function, and does not begin', async () => {
    const flow = workflow('Parent', (flow) => {
      flow.child('Sub', [], half, (): number => {
        throw new Error('no input');
      });
    });

    const { results } = await start(flow, undefined).finished;

    expect(results[0]).toMatchObject({
      status: 'Failed',
      error: { message: 'no input' },
      results: [],
    });
  });

  it('makes its action Failed when it fails, and says which of its actions did', async () => {
    const child = workflow('Child', (flow: Flow<undefined>) => {
      flow.action('Work', () => {
        throw Object.assign(new Error('no paper'), { code: 'NO_PAPER' });
      });
    });

    const { status, results } = await start(parentOf(child), undefined).finished;

    expect(status).toBe('Failed');
    expect(outline(results)).toEqual({
      Sub: 'Failed NO_PAPER',
      'Sub > Work': 'Failed NO_PAPER',
      Next: 'Skipped RUN_AFTER_NOT_MET',
      Handle: 'Succeeded',
    });
    expect(results[0]?.error?.message).toMatch(/Work" ended Failed: no paper/);
  });

  it('makes its action TimedOut when it takes longer than its own timeout', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const child = workflow(
      'Child',
      (flow: Flow<undefined>) => {
        flow.action('Slow', ({ signal }) => clock.sleep('1h', { signal }));
      },
      { timeout: '10s' },
    );

    const { results } = await start(parentOf(child), undefined, { clock }).finished;

    expect(outline(results)).toEqual({
      Sub: 'TimedOut RUN_TIMED_OUT',
      'Sub > Slow': 'TimedOut RUN_TIMED_OUT',
      Next: 'Skipped RUN_AFTER_NOT_MET',
      Handle: 'Succeeded',
    });
  });

  it.each([
    { terminates: 'Succeeded', status: 'Succeeded', handled: 'Skipped RUN_AFTER_NOT_MET' },
    { terminates: 'Failed', status: 'Failed OUT_OF_STOCK', handled: 'Succeeded' },
    { terminates: 'Cancelled', status: 'Failed CHILD_CANCELLED', handled: 'Succeeded' },
  ] as const)(
    'that terminates as $terminates ends alone, and its action is $status',
    async ({ terminates, status, handled }) => {
      const child = workflow('Child', (flow: Flow<undefined>) => {
        flow.terminate('End', [], terminates, { code: 'OUT_OF_STOCK', message: 'Nothing left.' });
        flow.waitFor('Wait', [], event('never'));
      });

      const run = start(parentOf(child), undefined);
      const { results } = await run.finished;

      expect(run.status).toBe(terminates === 'Succeeded' ? 'Succeeded' : 'Failed');
      expect(outline(results)).toMatchObject({ Sub: status, Handle: handled });
      expect(outline(results)['Sub > Wait']).toMatch(/RUN_TERMINATED/);
      if (terminates === 'Cancelled') {
        expect(results[0]?.error?.message).toMatch(/"Child" was cancelled: Nothing left\./);
      }
    },
  );

  it('tells its events to the subscribers of the parent run, under its own id and name', async () => {
    const flow = workflow('Parent', (flow) => flow.child('Sub', [], half, () => 8));
    const events: RunEvent[] = [];
    const run = start(flow, undefined, { runId: 'r', onEvent: (event) => events.push(event) });
    await run.finished;

    const seen = events.map((event) => [
      event.type,
      event.workflow,
      event.runId,
      'path' in event ? event.path : '',
    ]);
    expect(seen).toEqual([
      ['run.started', 'Parent', 'r', ''],
      ['action.started', 'Parent', 'r', 'Sub'],
      ['run.started', 'Half', 'r/Sub', ''],
      ['action.started', 'Half', 'r/Sub', 'Halve'],
      ['attempt.started', 'Half', 'r/Sub', 'Halve'],
      ['attempt.ended', 'Half', 'r/Sub', 'Halve'],
      ['action.ended', 'Half', 'r/Sub', 'Halve'],
      ['run.ended', 'Half', 'r/Sub', ''],
      ['action.ended', 'Parent', 'r', 'Sub'],
      ['run.ended', 'Parent', 'r', ''],
    ]);
  });

  it('takes the signals that are sent to the parent run', async () => {
    const approval = event<string>('approval');
    const child = workflow('Child', (flow: Flow<undefined>) => flow.waitFor('Ask', [], approval));
    const flow = workflow('Parent', (flow) => flow.child('Sub', [], child, () => undefined));
    const run = start(flow, undefined);

    await run.signal(approval, 'yes');

    expect(await run.finished).toMatchObject({ status: 'Succeeded', outputs: 'yes' });
  });

  it('cannot look into its parent, nor its parent into it', async () => {
    const deep = workflow('Grandchild', (flow: Flow<string>) =>
      flow.action('Name', ({ input }) => `grand${input}`),
    );
    const child = workflow('Child', (flow: Flow<string>) =>
      flow.child('Down', [], deep, (_, { input }) => input),
    );
    const flow = workflow('Parent', (flow) => {
      const sub = flow.child('Sub', [], child, () => 'child');
      return settled(sub);
    });

    const result = await start(flow, undefined).finished;

    expect(outline(result.results)).toEqual({
      Sub: 'Succeeded',
      'Sub > Down': 'Succeeded',
      'Sub > Down > Name': 'Succeeded',
    });
    expect(result).toMatchObject({ outputs: { status: 'Succeeded', outputs: 'grandchild' } });
  });
});
