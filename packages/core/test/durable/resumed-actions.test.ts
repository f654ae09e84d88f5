/**
 * Actions of a run that is killed and resumed: what has an outcome is not called again, and the run ends
 * as one that was never killed.
 * @module
 */
import { fixed } from '@runafter/clock';
import { type Flow, failed, on, settled, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import type { MortalProcess } from './mortal-process.ts';
import { expectSameAfterKills } from './same-after-kills.ts';

describe('a run that was killed anywhere ends as if it had not been', () => {
  it('with actions side by side, a fan-in, and one that nobody waits for', async () => {
    const { result, calls } = await expectSameAfterKills({
      input: { sku: 'A-1', at: new Date(0), amount: 7n },
      workflow: (process) =>
        workflow('Fulfil', (flow: Flow<{ sku: string; at: Date; amount: bigint }>) => {
          const { clock } = process;
          const stock = flow.action('Stock', async (context) => {
            await process.note(context);
            await clock.sleep('1s');
            return { ...context.input, reserved: new Map([[context.input.sku, 2]]) };
          });
          const mail = flow.action('Mail', [stock], async ([stock], context) => {
            await process.note(context);
            await clock.sleep('3s');
            return stock.reserved.get('A-1');
          });
          const post = flow.action('Post', [stock], async (_, context) => {
            await process.note(context);
            throw Object.assign(new Error('no channel'), { code: 'HTTP_404' });
          });
          flow.action('Forgotten', async (context) => {
            await process.note(context);
            await clock.sleep('2s');
          });
          flow.action('On_Failure', [failed(mail)], () => 'never');
          return flow.action(
            'Close',
            [mail, settled(post), stock],
            async ([mail, post, stock], context) => {
              await process.note(context);
              return [mail, post.status, stock.at.getTime(), String(stock.amount)];
            },
          );
        }),
    });

    expect(result).toMatchObject({ status: 'Succeeded', outputs: [2, 'Failed', 0, '7'] });
    expect(calls).toHaveLength(5);
  });

  it('when actions fail, and with what that skips', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) =>
        workflow('Chain', (flow) => {
          const first = flow.action('First', async (context) => {
            await process.note(context);
            await process.clock.sleep('1s');
            throw new TypeError('broken');
          });
          const second = flow.action('Second', [first], () => 1);
          const third = flow.action('Third', [on(second, 'Skipped')], async (_, context) => {
            await process.note(context);
            await process.clock.sleep('1s');
            return 3;
          });
          flow.action('Fourth', [second, third], () => 4);
          flow.scope('Skipped_Scope', [second], (scope) => {
            scope.action('Inside', () => 1);
          });
        }),
    });

    expect(result).toMatchObject({ status: 'Failed' });
  });

  it('with important and optional failures', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) =>
        workflow('Graduated', (flow) => {
          const fail = async (context: { readonly idempotencyKey: string }) => {
            await process.note(context);
            await process.clock.sleep('1s');
            throw new Error('no');
          };
          const important = flow.action('Important', fail, { criticality: 'important' });
          flow.action('Optional', [settled(important)], (_, context) => fail(context), {
            criticality: 'optional',
          });
          flow.scope('Notify', [], (scope) => {
            const post = scope.action('Post', fail);
            scope.action('After', [settled(post)], ([post]) => post.status);
          });
        }),
    });

    expect(result).toMatchObject({
      status: 'Succeeded',
      flagged: [{ path: 'Important' }],
      handledFailures: expect.arrayContaining([expect.objectContaining({ path: 'Notify/Post' })]),
    });
  });

  it('with nested scopes that hand their values in and out', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) =>
        workflow('Scopes', (flow) => {
          const slow = async <T>(value: T, context: { readonly idempotencyKey: string }) => {
            await process.note(context);
            await process.clock.sleep('1s');
            return value;
          };
          const first = flow.action('First', (context) => slow(20, context));
          const scope = flow.scope('Outer', [first], (outer, [first]) => {
            const inner = outer.scope('Inner', [first], (inner, [first]) => {
              const half = inner.action('Half', [first], ([n], context) => slow(n / 2, context));
              return inner.action('More', [half], ([n], context) => slow(n + 1, context));
            });
            outer.action('Beside', (context) => slow(undefined, context));
            return outer.action('Both', [inner, first], (both, context) => slow(both, context));
          });
          return flow.action('End', [scope], ([both], context) => slow(both, context));
        }),
    });

    expect(result).toMatchObject({ status: 'Succeeded', outputs: [11, 20] });
  });

  it('with attempts that fail and are tried again', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) =>
        workflow('Retry', (flow) => {
          flow.action(
            'Third_Time',
            async (context) => {
              await process.note(context);
              await process.clock.sleep('1s');
              if (context.attempt < 3) throw Object.assign(new Error('busy'), { code: 'HTTP_429' });
              return context.attempt;
            },
            { retry: fixed({ count: 4, interval: '10s' }) },
          );
          flow.action(
            'Gives_Up',
            async (context) => {
              await process.note(context);
              throw new Error(`no ${context.attempt}`);
            },
            { retry: fixed({ count: 2, interval: '5s' }) },
          );
        }),
    });

    expect(result).toMatchObject({
      status: 'Failed',
      results: [
        { outputs: 3, attempts: [{ number: 1 }, { number: 2 }, { number: 3 }] },
        { attempts: [{ number: 1 }, { number: 2 }, { number: 3 }] },
      ],
    });
  });

  it('with time-outs of actions, scopes and the run', async () => {
    const hang = ({ clock }: MortalProcess, signal: AbortSignal) => clock.sleep('2d', { signal });
    const { result } = await expectSameAfterKills({
      // Of a handler whose time has passed while nobody ran it, the last call is not known.
      notCompared: ['attempts'],
      workflow: (process) =>
        workflow(
          'Timeouts',
          (flow) => {
            const action = flow.action('Action', (context) => hang(process, context.signal), {
              timeout: '10s',
            });
            const scope = flow.scope(
              'Scope',
              [settled(action)],
              (scope) => {
                const inside = scope.action('Inside', (context) => hang(process, context.signal));
                scope.action('After', [inside], () => 1);
              },
              { timeout: '20s' },
            );
            const forever = flow.action('Forever', [settled(scope)], (_, context) =>
              hang(process, context.signal),
            );
            flow.action('Never', [settled(forever)], () => 1);
          },
          { timeout: '1m' },
        ),
    });

    expect(result).toMatchObject({ status: 'TimedOut', error: { code: 'RUN_TIMED_OUT' } });
  });
});
