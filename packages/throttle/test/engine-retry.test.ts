/** The same policy objects serve retry() and the actions of the engine. */
import { seededRandom, virtualClock } from '@runafter/clock';
import { type ActionRecord, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { retry, throttledFetch, transientRetry } from '../src/index.ts';

const failures = [
  Object.assign(new Error('busy'), { status: 503 }),
  Object.assign(new Error('too many'), {
    response: { status: 429, headers: { 'retry-after': '90' } },
  }),
  Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
];

describe('transientRetry as the retry of an action', () => {
  it('waits as retry() does, Retry-After included', async () => {
    const alone = virtualClock({ autoAdvance: true });
    const times: number[] = [];
    await retry(
      ({ number }) => {
        times.push(alone.monotonic());
        const failure = failures[number - 1];
        if (failure) throw failure;
      },
      transientRetry,
      { clock: alone, random: () => 0.5 },
    );
    expect(times).toEqual([0, 12_500, 102_500, 162_500]);

    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Import', (flow) => {
      flow.action(
        'Save',
        ({ attempt }) => {
          const failure = failures[attempt - 1];
          if (failure) throw failure;
          return 'saved';
        },
        { retry: transientRetry },
      );
    });
    const run = start(flow, undefined, { clock, random: () => 0.5 });
    await run.finished;
    const { status, attempts } = run.result('Save') as ActionRecord;
    expect(status).toBe('Succeeded');
    expect(attempts.map(({ wait }) => wait)).toEqual([12_500, 90_000, 60_000, undefined]);
  });

  it('leaves a mistake alone', async () => {
    const flow = workflow('Import', (flow) => {
      flow.action('Save', () => Promise.reject(new TypeError('x')), { retry: transientRetry });
    });
    const run = start(flow, undefined, { clock: virtualClock(), random: seededRandom('any') });
    await run.finished;
    expect((run.result('Save') as ActionRecord).attempts).toHaveLength(1);
  });
});

it('a throttledFetch in an action ends with the run, at once', async () => {
  const clock = virtualClock();
  const call = throttledFetch({
    fetch: async () => new Response(null, { status: 429, headers: { 'retry-after': '600' } }),
    clock,
  });
  const flow = workflow('Import', (flow) => {
    flow.action('Save', ({ signal }) => call('https://crm.example/api/leads', { signal }));
  });
  const run = start(flow, undefined, { clock });
  await clock.advance('1s');
  run.cancel();
  expect((await run.finished).status).toBe('Cancelled');
  expect(clock.pending).toBe(0);
});
