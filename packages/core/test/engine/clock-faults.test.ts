/**
 * A clock that fails: the engine cannot go on, so the run rejects; it never hangs.
 * @module
 */
import { type Clock, virtualClock } from '@runafter/clock';
import { type Flow, start, workflow } from '@runafter/core';
import { expect, it } from 'vitest';

const write = {
  'in the run itself': (flow: Flow<void>) => {
    flow.scope('Scope', [], (scope) => void scope.action('Work', () => 1), { timeout: '1h' });
  },
  'behind another action': (flow: Flow<void>) => {
    const first = flow.action('First', async () => 1);
    flow.scope('Scope', [first], (scope) => void scope.action('Work', () => 1), { timeout: '1h' });
  },
};

it.each(Object.entries(write))(
  'makes `finished` reject with what the clock has thrown, %s',
  async (_, body) => {
    const clock: Clock = Object.assign(Object.create(virtualClock()), {
      now: () => 0,
      monotonic: () => 0,
      setTimer: () => {
        throw new Error('The clock is broken.');
      },
    });
    const run = start(workflow('Order', body), undefined, { clock });

    await expect(run.finished).rejects.toThrow('The clock is broken.');
    expect(run.status).toBe('Failed');
  },
);
