/**
 * What a body may return bare: only what has an output whenever the body Succeeded.
 *
 * The rule is checked against its meaning: statuses are drawn at random for the actions that run, the
 * leaf rule judges the body, and where it Succeeded a bare return must have Succeeded too.
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DefinitionError } from '../../src/definition/definition-error.ts';
import type { Flow, Root } from '../../src/definition/flow.ts';
import { failed, type Handle, settled } from '../../src/definition/handle.ts';
import { workflow } from '../../src/definition/workflow.ts';
import type { RunAfterStatus } from '../../src/status.ts';
import { type ActionPlan, actionPlans, dependenciesOf } from './definition-arbitrary.ts';

type Ended = 'Succeeded' | 'Failed' | 'TimedOut';

/** Whether this action may be returned bare. */
function accepted(plans: readonly ActionPlan[], returned: number): boolean {
  try {
    workflow('Return', (flow: Flow<void>) => {
      const handles: Handle<Root, unknown>[] = [];
      for (const plan of plans) {
        const { name, criticality } = plan;
        handles.push(flow.action(name, dependenciesOf(plan, handles), () => 1, { criticality }));
      }
      return handles[returned];
    });
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'RETURN_NOT_CERTAIN' });
    expect(error).toBeInstanceOf(DefinitionError);
    return false;
  }
}

/** How each action ends, when those that run end as `outcomes` says. */
function statusesOf(plans: readonly ActionPlan[], outcomes: readonly Ended[]): RunAfterStatus[] {
  const ended: RunAfterStatus[] = [];
  plans.forEach(({ runAfter }, index) => {
    const met = runAfter.every(({ from, statuses }) =>
      statuses.includes(ended[from] as RunAfterStatus),
    );
    ended.push(met ? (outcomes[index] as Ended) : 'Skipped');
  });
  return ended;
}

/** The leaf rule, as it is worded. */
function bodySucceeds(plans: readonly ActionPlan[], ended: readonly RunAfterStatus[]): boolean {
  const failing = (index: number): boolean => {
    if (ended[index] === 'Skipped') {
      return plans[index]?.runAfter.some(({ from }) => failing(from)) ?? false;
    }
    return ended[index] !== 'Succeeded';
  };
  return plans.every((plan, index) => {
    const isLeaf = !plans.some(({ runAfter }) => runAfter.some(({ from }) => from === index));
    return !isLeaf || plan.criticality !== 'critical' || !failing(index);
  });
}

describe('a bare return', () => {
  it('is only accepted where the output exists whenever the body Succeeded', () => {
    let certain = 0;
    fc.assert(
      fc.property(
        actionPlans(0).filter((plans) => plans.length > 0),
        fc.array(
          fc.array(fc.constantFrom<Ended>('Succeeded', 'Succeeded', 'Failed', 'TimedOut'), {
            minLength: 8,
            maxLength: 8,
          }),
          { minLength: 30, maxLength: 30 },
        ),
        (plans, runs) => {
          const returned = plans.length - 1;
          if (!accepted(plans, returned)) return;
          certain++;
          for (const outcomes of runs) {
            const ended = statusesOf(plans, outcomes);
            if (bodySucceeds(plans, ended)) expect(ended[returned]).toBe('Succeeded');
          }
        },
      ),
      { numRuns: 2_000 },
    );
    expect(certain, 'some returns must have been accepted').toBeGreaterThan(200);
  });

  it('is accepted behind a settled edge, whatever lies behind that', () => {
    workflow('Accepted', (flow: Flow<void>) => {
      const work = flow.action('Work', () => 1);
      const repair = flow.action('Repair', [failed(work)], () => 1);
      return flow.action('Report', [settled(repair)], () => 1);
    });
  });

  it('is accepted for values that the body was given', () => {
    workflow('Given', (flow: Flow<number[]>) => {
      const work = flow.action('Work', () => 1);
      flow.scope('Scope', [work], (_, [work]) => work);
      flow.forEach(
        'Loop',
        [],
        (_, { input }) => input,
        (each) => each.index,
      );
    });
  });

  it('is refused where the meaning is known to break it', () => {
    const plan = (
      runAfter: ActionPlan['runAfter'],
      more: Partial<ActionPlan> = {},
    ): ActionPlan => ({
      name: `A${runAfter.length}${more.name ?? ''}`,
      runAfter,
      criticality: 'critical',
      timeout: undefined,
      inside: undefined,
      ...more,
    });
    const work = plan([], { name: 'Work' });
    const after = (statuses: RunAfterStatus[]) => [{ from: 0, statuses }];
    expect(accepted([work, plan(after(['Succeeded']))], 1)).toBe(true);
    expect(accepted([work, plan(after(['Succeeded', 'Skipped']))], 1)).toBe(true);
    expect(accepted([work, plan(after(['Failed', 'TimedOut', 'Skipped']))], 1)).toBe(false);
    expect(accepted([work, plan(after(['Succeeded']))], 0)).toBe(false);
    expect(accepted([{ ...work, criticality: 'important' }], 0)).toBe(false);
  });
});
