/**
 * Orders to stop, in a run that is killed meanwhile: what was told to stop is not revived by a restart.
 * @module
 */
import { settled, type Workflow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import type { MortalProcess } from './mortal-process.ts';
import { expectSameAfterKills, type World } from './same-after-kills.ts';
import { slowly } from './slowly.ts';

/** Cancels the run at 10 s; again a little later if the process died before it was kept. */
function cancelAtTen({ clock, store, current }: World): void {
  const cancel = () => current()?.cancel('Enough.');
  clock.setTimer(10_000, cancel);
  clock.setTimer(12_000, async () => {
    const known = await store.readState('r', '');
    if (known?.includes('RUN_CANCELLED') !== true) cancel();
  });
}

/** Handlers that need two seconds to settle after they were told to stop. */
async function stubborn(process: MortalProcess, context: Parameters<typeof slowly>[1]) {
  await process.note(context);
  await process.clock.sleep('1h', { signal: context.signal }).catch(() => undefined);
  await process.clock.sleep('2s');
}

describe('a run that was killed while it was being cancelled ends as if it had not been', () => {
  const workflows: Record<string, (process: MortalProcess) => Workflow<undefined, unknown>> = {
    'with actions that need time to settle': (process) =>
      workflow('Cancelled', (flow) => {
        const first = flow.action('First', (context) => slowly(process, context, 1));
        const long = flow.action('Long', [first], (_, context) => stubborn(process, context));
        flow.action('Next', [long], () => 1);
        flow.action('In_Any_Case', [settled(long)], () => 1);
        flow.delay('Pause', [], '1h');
      }),
    'in scopes': (process) =>
      workflow('Cancelled', (flow) => {
        flow.scope('Outer', [], (outer) => {
          outer.scope('Inner', [], (inner) => {
            const long = inner.action('Long', (context) => stubborn(process, context));
            inner.action('Next', [long], () => 1);
          });
          outer.action('Other', (context) => slowly(process, context, 1, '1h'));
        });
      }),
    'in a loop': (process) =>
      workflow('Cancelled', (flow) => {
        const loop = flow.forEach(
          'Orders',
          [],
          () => [1, 2, 3, 4, 5, 6, 7, 8],
          (each) => {
            const first = each.action('First', (context) => slowly(process, context, 1, '4s'));
            each.action('Second', [first], (_, context) =>
              context.item < 3 ? slowly(process, context, 2) : stubborn(process, context),
            );
          },
          { concurrency: 2 },
        );
        flow.action('After', [settled(loop)], () => 1);
      }),
    'in an until': (process) =>
      workflow('Cancelled', (flow) => {
        flow.until(
          'Rounds',
          [],
          () => 0,
          (round) => {
            const first = round.action('First', (context) => slowly(process, context, 1, '2s'));
            return round.action('Second', [round.state, first], ([n], context) =>
              slowly(process, context, n + 1, '2s'),
            );
          },
          () => false,
        );
      }),
    'in a branch and a child workflow': (process) => {
      const child = workflow('Child', (flow) => {
        const long = flow.action('Long', (context) => stubborn(process, context));
        flow.action('Next', [long], () => 1);
      });
      return workflow('Cancelled', (flow) => {
        flow.condition('If', [], () => true, {
          then: (then) => {
            then.child('Call', [], child, () => undefined);
          },
          else: (otherwise) => {
            otherwise.action('Else', () => 1);
          },
        });
      });
    },
  };

  it.each(Object.entries(workflows))('%s', async (_, write) => {
    const { result } = await expectSameAfterKills({
      workflow: write,
      around: cancelAtTen,
      killFrom: 10_000,
      // Of a handler that the order found dead, the last call is not known; nor what was used for it.
      notCompared: ['attempts'],
    });

    expect(result).toMatchObject({ status: 'Cancelled', error: { code: 'RUN_CANCELLED' } });
  });
});
