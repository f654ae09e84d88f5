/**
 * Containers of other kinds in a run that is killed and resumed: their state is as it was, and what they
 * do in their last phase is not done twice.
 * @module
 */
import { fixed } from '@runafter/clock';
import { settled, workflow } from '@runafter/core';
import { type ContainerKind, container } from '@runafter/core/container-kind';
import { describe, expect, it } from 'vitest';
import { quorum } from '../engine/mini-quorum.ts';
import { saga, undoneBy } from '../engine/mini-saga.ts';
import type { MortalProcess } from './mortal-process.ts';
import { expectSameAfterKills, type World } from './same-after-kills.ts';
import { type SlowContext, slowly } from './slowly.ts';

/** Three steps, the last of which fails or takes an hour; each is undone in a second. */
function onboarding(process: MortalProcess, last: 'fails' | 'hangs') {
  const undo = (done: unknown, context: SlowContext) => slowly(process, context, done);
  return workflow('Onboarding', (flow) => {
    const all = saga(flow, 'Saga', [], (saga) => {
      const account = saga.action('Account', (context) => slowly(process, context, 'id', '2s'));
      undoneBy(account, undo);
      const site = saga.action('Site', [account], ([id], context) =>
        slowly(process, context, [id]),
      );
      undoneBy(site, undo);
      const licence = saga.action('Licence', [site], async (_, context) => {
        await slowly(process, context, 1, '4s');
        if (last === 'hangs') await process.clock.sleep('1h', { signal: context.signal });
        throw new Error('none left');
      });
      undoneBy(licence, undo);
      undoneBy(
        saga.action('Mail', [licence], () => 1),
        undo,
      );
    });
    flow.action('Report', [settled(all)], async ([all], context) => {
      await process.note(context);
      return all.status;
    });
  });
}

function cancelAtTen({ clock, store, current }: World): void {
  const cancel = () => current()?.cancel('Enough.');
  clock.setTimer(10_000, cancel);
  clock.setTimer(12_000, async () => {
    const known = await store.readState('r', '');
    if (known?.includes('RUN_CANCELLED') !== true) cancel();
  });
}

describe('a run that was killed anywhere ends as if it had not been', () => {
  it('with a saga that undoes its steps', async () => {
    const { result, calls } = await expectSameAfterKills({
      workflow: (process) => onboarding(process, 'fails'),
      more: (run) => [run.result('Saga/Undo_Account'), run.result('Saga/Undo_Mail')],
    });

    expect(result).toMatchObject({
      results: [{ status: 'Failed', code: 'COMPENSATED' }, { outputs: 'Failed' }],
    });
    expect(calls).toEqual([
      ...['r/Saga/Account', 'r/Saga/Site', 'r/Saga/Licence'],
      ...['r/Saga/Undo_Licence', 'r/Saga/Undo_Site', 'r/Saga/Undo_Account', 'r/Report'],
    ]);
  });

  it('with a saga in a run that is cancelled, and undoes its steps all the same', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) => onboarding(process, 'hangs'),
      around: cancelAtTen,
      killFrom: 10_000,
      notCompared: ['attempts'],
    });

    expect(result).toMatchObject({
      status: 'Cancelled',
      results: [{ status: 'Cancelled', code: 'COMPENSATED' }, { status: 'Skipped' }],
    });
  });

  it('with sagas in a loop', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) =>
        workflow('Hires', (flow) => {
          flow.forEach(
            'Hires',
            [],
            () => ['ann', 'bob', 'eve'],
            (each) => {
              saga(each, 'Saga', [], (saga) => {
                const account = saga.action('Account', (context) => slowly(process, context, 1));
                undoneBy(account, (done, context) => slowly(process, context, done));
                const licence = saga.action('Licence', [account], async (_, context) => {
                  await slowly(process, context, 1);
                  if (context.item === 'bob') throw new Error('none left');
                });
                undoneBy(licence, (done, context) => slowly(process, context, done));
              });
            },
            { concurrency: 2 },
          );
        }),
      more: (run) => run.result('Hires[1]/Saga/Undo_Account'),
    });

    expect(result).toMatchObject({ more: { status: 'Succeeded' } });
  });

  it('with a quorum that decides and cancels the rest', async () => {
    const { result } = await expectSameAfterKills({
      notCompared: ['attempts'],
      workflow: (process) =>
        workflow('Vote', (flow) => {
          const vote = quorum(
            flow,
            'Quorum',
            [],
            (branches) => {
              branches.action('Ann', (context) => slowly(process, context, true, '1s'));
              branches.action('Bob', (context) => slowly(process, context, false, '2s'));
              branches.action('Cid', (context) => slowly(process, context, true, '3s'));
              branches.action('Dan', (context) => slowly(process, context, true, '1h'));
              branches.action('Eve', (context) => slowly(process, context, true, '1h'));
            },
            { needed: 2 },
          );
          flow.action('Use', [vote], ([{ decision, yes, no }], context) =>
            slowly(process, context, [decision, ...yes, ...no]),
          );
        }),
    });

    expect(result).toMatchObject({
      status: 'Succeeded',
      results: [
        { outputs: { decision: 'accepted' } },
        { outputs: ['accepted', 'Ann', 'Cid', 'Bob'] },
      ],
    });
  });

  it('with functions of a last phase that are tried again, fail, or take too long', async () => {
    const { result } = await expectSameAfterKills({
      // How often a function of a last phase was tried is not kept before it has ended.
      notCompared: ['attempts'],
      workflow: (process) => {
        const kind: ContainerKind<object> = {
          name: 'tidy',
          async finish({ perform }) {
            const tried = new Map<string, number>();
            const first = await perform(
              'Again',
              async (context) => {
                await slowly(process, context, 1);
                tried.set('Again', context.attempt);
                if (context.attempt < 3) throw new Error('busy');
                return 'done';
              },
              { retry: fixed({ count: 3, interval: '2s' }) },
            );
            const failed = await perform('Fails', async (context) => {
              await slowly(process, context, 1);
              throw Object.assign(new Error('no'), { code: 'HTTP_500' });
            });
            const late = await perform('Late', (context) => slowly(process, context, 1, '1h'), {
              timeout: '5s',
            });
            const outputs = [first, failed, late].map(({ status }) => status);
            return { status: 'Succeeded', outputs };
          },
        };
        return workflow('Tidy', (flow) => {
          const tidy = container(
            flow,
            kind,
            'Tidy',
            [],
            (inner) => {
              inner.action('Work', (context) => slowly(process, context, 1));
            },
            {},
          );
          flow.action('Use', [tidy], ([outputs]) => outputs);
        });
      },
    });

    expect(result).toMatchObject({
      results: [
        { outputs: ['Succeeded', 'Failed', 'TimedOut'] },
        { outputs: ['Succeeded', 'Failed', 'TimedOut'] },
      ],
    });
  });
});
