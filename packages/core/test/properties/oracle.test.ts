/**
 * The oracle itself, on cases small enough to be worked out by hand from the rules.
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { Expected } from '../model/expected.ts';
import { expectRun } from '../model/oracle.ts';
import type {
  ActionPlan,
  Behaviour,
  BodyPlan,
  EdgePlan,
  ForEachPlan,
  NodePlan,
  Plan,
  ScopePlan,
} from '../model/plan.ts';

describe('the leaf rule of the oracle', () => {
  it('fails a run whose failure is handled, when the leaf of the good path inherits it', () => {
    const run = expectRun(
      plan(
        action('A', { ends: 'throws' }),
        action('OK', {}, after('A')),
        action('Err', {}, { from: 'A', accepts: ['Failed'] }),
      ),
    );

    expect(statuses(run)).toEqual({ A: 'Failed', OK: 'Skipped', Err: 'Succeeded' });
    expect(run.status).toBe('Failed');
  });

  it('lets a run succeed when every path goes on after the failure', () => {
    const run = expectRun(
      plan(
        action('A', { ends: 'throws' }),
        action('Err', {}, { from: 'A', accepts: ['Failed', 'TimedOut'] }),
      ),
    );

    expect(run.status).toBe('Succeeded');
  });

  it('judges a skipped predecessor by its own predecessors', () => {
    const run = expectRun(
      plan(
        action('A', {}),
        action('B', {}, { from: 'A', accepts: ['Failed'] }),
        action('C', {}, after('B')),
      ),
    );

    expect(statuses(run)).toEqual({ A: 'Succeeded', B: 'Skipped', C: 'Skipped' });
    expect(run.status).toBe('Succeeded');
  });

  it('exempts an optional leaf, not what is skipped because of it', () => {
    const optional = { ...action('A', { ends: 'throws' }), criticality: 'optional' } as const;

    expect(expectRun(plan(optional)).status).toBe('Succeeded');
    expect(expectRun(plan(optional, action('B', {}, after('A')))).status).toBe('Failed');
  });

  it('lets what has nothing inside succeed', () => {
    expect(expectRun(plan(scope('Empty', {}))).status).toBe('Succeeded');
  });
});

describe('the times of the oracle', () => {
  it.each([
    { concurrency: undefined, end: 21_000 },
    { concurrency: 2, end: 11_000 },
    { concurrency: 4, end: 6_000 },
    { concurrency: 6, end: 6_000 },
  ])('are those of the reference table at concurrency $concurrency', ({ concurrency, end }) => {
    const loop: ForEachPlan = {
      ...node('Loop', after('First')),
      kind: 'forEach',
      items: 4,
      source: 'array',
      ...(concurrency !== undefined && { concurrency }),
      body: { nodes: [action('Work', { takes: 5_000 })] },
    };

    expect(expectRun(plan(action('First', { takes: 1_000 }), loop)).end).toBe(end);
  });

  it('end an action that ignores its signal when the grace time is over', () => {
    const hung = { takes: Number.POSITIVE_INFINITY, onAbort: 'ignores' } as const;
    const run = expectRun(plan({ ...action('A', hung), timeout: 1_000 }));

    expect(run.results[0]).toMatchObject({ status: 'TimedOut', end: 6_000, unsettled: true });
  });

  it('end an action that heeds its signal when its cleaning up is done', () => {
    const slow = { takes: 60_000, onAbort: 300 } as const;
    const run = expectRun(plan({ ...action('A', slow), timeout: 1_000 }));

    expect(run.results[0]).toMatchObject({ status: 'TimedOut', end: 1_300, unsettled: false });
  });

  it('find two moments that coincide', () => {
    const run = expectRun(plan({ ...action('A', { takes: 1_000 }), timeout: 1_000 }));

    expect(run.ties).not.toEqual([]);
  });
});

describe('a stop in the oracle', () => {
  const body = [
    action('Done', { takes: 10 }),
    action('Runs', { takes: 1_000, onAbort: 0 }, after('Done')),
    action('Waits', {}, { from: 'Runs', accepts: ['TimedOut'] }),
  ];

  it('on time-out of a scope makes what runs TimedOut and skips what had not started', () => {
    const run = expectRun(
      plan({ ...scope('S', { nodes: body }), timeout: 500 }, action('Next', {}, after('S'))),
    );

    expect(run.results[0]?.status).toBe('TimedOut');
    expect(statuses(run.results[0] as Expected)).toEqual({
      Done: 'Succeeded',
      Runs: 'TimedOut',
      Waits: 'Skipped',
    });
    expect(run.status).toBe('Failed');
  });

  it('on cancel makes what runs Cancelled, the scope and the run included', () => {
    const run = expectRun({ ...plan(scope('S', { nodes: body })), cancelAt: 500 });

    expect(run.status).toBe('Cancelled');
    expect(run.results[0]?.status).toBe('Cancelled');
    expect(statuses(run.results[0] as Expected)).toEqual({
      Done: 'Succeeded',
      Runs: 'Cancelled',
      Waits: 'Skipped',
    });
  });

  it('leaves the iterations that it found waiting unstarted', () => {
    const loop: ForEachPlan = {
      ...node('Loop'),
      kind: 'forEach',
      items: 5,
      source: 'array',
      concurrency: 2,
      body: { nodes: [action('Work', { takes: 100, onAbort: 0 })] },
    };
    const run = expectRun({ ...plan(loop), timeout: 150 });

    expect(run.results[0]?.iterations.map(({ status }) => status)).toEqual([
      'Succeeded',
      'Succeeded',
      'TimedOut',
      'TimedOut',
    ]);
  });
});

function plan(...nodes: NodePlan[]): Plan {
  return { body: { nodes } };
}

function node(name: string, ...runAfter: EdgePlan[]) {
  return { name, runAfter, given: [] };
}

function action(name: string, behaviour: Partial<Behaviour>, ...runAfter: EdgePlan[]): ActionPlan {
  const usual: Behaviour = { takes: 1, ends: 'returns', throwsFirst: 0, onAbort: 'ignores' };
  return { ...node(name, ...runAfter), kind: 'action', behaviours: [{ ...usual, ...behaviour }] };
}

function scope(name: string, body: Partial<BodyPlan>): ScopePlan {
  return { ...node(name), kind: 'scope', body: { nodes: [], ...body } };
}

function after(from: string): EdgePlan {
  return { from, accepts: ['Succeeded'] };
}

function statuses({ results }: Expected): Record<string, string> {
  return Object.fromEntries(results.map(({ name, status }) => [name, status]));
}
