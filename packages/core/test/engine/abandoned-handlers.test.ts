import { concurrencyLimiter, virtualClock } from '@runafter/clock';
import { type Flow, settled, start, workflow } from '@runafter/core';
import { expect, it } from 'vitest';

const never = (): Promise<never> => new Promise(() => undefined);

it('gives back the permits of a handler that never settles, so that the others go on', async () => {
  const limiter = concurrencyLimiter(1);
  const deaf = workflow('Deaf', (flow: Flow<void>) => {
    const first = flow.action('First', never, { timeout: '1s', limiter });
    return flow.action('Second', [settled(first)], ([{ status }]) => status, { limiter });
  });
  const clock = virtualClock({ autoAdvance: true });
  const run = await start(deaf, undefined, { clock, maxConcurrentActions: 1 }).finished;
  expect(run).toMatchObject({ status: 'Succeeded', outputs: 'TimedOut', unsettled: ['First'] });
  expect(limiter.active).toBe(0);
});
