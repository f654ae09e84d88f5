/**
 * A plan in which every run has much to do, and ends only when it is told to: for many processes that
 * want to do the same runs.
 * @module
 */
import type { ActionPlan, Behaviour, Plan } from '../../packages/core/test/model/plan.ts';

const works: Behaviour = { takes: 3, ends: 'returns', throwsFirst: 0, onAbort: 'ignores' };
const falters: Behaviour = { ...works, throwsFirst: 1 };
const breaks: Behaviour = { ...works, ends: 'throws' };

function action(name: string, behaviours: readonly Behaviour[], after?: string): ActionPlan {
  const runAfter = after === undefined ? [] : [{ from: after, accepts: ['Succeeded'] as const }];
  return { kind: 'action', name, runAfter, given: [], behaviours };
}

/** Twelve parcels, three at a time: one in four is delivered at the second attempt. Then a receipt. */
export const parcels: Plan = {
  body: {
    nodes: [
      action('Collect', [works]),
      {
        kind: 'forEach',
        name: 'Parcels',
        runAfter: [{ from: 'Collect', accepts: ['Succeeded'] }],
        given: [],
        items: 12,
        source: 'array',
        concurrency: 3,
        body: {
          nodes: [
            action('Load', [works]),
            {
              ...action('Deliver', [works, works, falters, works], 'Load'),
              retry: { count: 2, interval: 2 },
            },
          ],
        },
      },
      { ...action('Survey', [breaks]), criticality: 'optional' },
      {
        kind: 'waitFor',
        name: 'Receipt',
        runAfter: [{ from: 'Parcels', accepts: ['Succeeded'] }],
        given: [],
        arrives: [0],
      },
      action('Archive', [works], 'Receipt'),
    ],
    output: { child: 'Archive', as: 'outputs' },
  },
};
