/**
 * Retries of an action: which waits, which errors, what the record tells, and what cuts them short.
 * @module
 */
import {
  exponential,
  fixed,
  isTransient,
  platformRetry,
  type RetryPolicy,
  seededRandom,
  virtualClock,
} from '@runafter/clock';
import { type ActionRecord, memoryRunStore, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { storedOutcomes } from '../durable/stored-outcomes.ts';

describe('an action with a retry policy', () => {
  it('is tried again until it succeeds, and its record tells each attempt and each wait', async () => {
    const { record, clock } = await tryIt(fixed({ count: 3, interval: '10s' }), [
      new Error('first'),
      new Error('second'),
      'done',
    ]);

    expect(record).toMatchObject({ status: 'Succeeded', outputs: 'done', code: 'OK' });
    expect(JSON.parse(JSON.stringify(record.attempts))).toEqual([
      {
        number: 1,
        startTime: '2026-01-01T00:00:00.000Z',
        endTime: '2026-01-01T00:00:01.000Z',
        error: { code: 'UNKNOWN_ERROR', message: 'first' },
        wait: 10_000,
      },
      {
        number: 2,
        startTime: '2026-01-01T00:00:11.000Z',
        endTime: '2026-01-01T00:00:12.000Z',
        error: { code: 'UNKNOWN_ERROR', message: 'second' },
        wait: 10_000,
      },
      {
        number: 3,
        startTime: '2026-01-01T00:00:22.000Z',
        endTime: '2026-01-01T00:00:23.000Z',
      },
    ]);
    expect(record.startTime).toEqual(new Date('2026-01-01T00:00:00Z'));
    expect(record.endTime).toEqual(new Date('2026-01-01T00:00:23Z'));
    expect(clock.pending).toBe(0);
  });

  it('fails with the last error when the policy allows no more', async () => {
    const { record } = await tryIt(fixed({ count: 2, interval: '1s' }), [
      new Error('first'),
      new Error('second'),
      new Error('third'),
    ]);

    expect(record).toMatchObject({ status: 'Failed', error: { message: 'third' } });
    expect(record.attempts.map(({ error }) => error?.message)).toEqual([
      'first',
      'second',
      'third',
    ]);
  });

  it('waits as long as a 429 asks for, and not as long as the policy says', async () => {
    const throttled = Object.assign(new Error('Too many.'), { status: 429, retryAfter: '2m' });
    const { record } = await tryIt(platformRetry, [throttled, 'done']);

    expect(record.attempts).toMatchObject([
      { number: 1, error: { code: 'HTTP_429' }, wait: 120_000 },
      { number: 2 },
    ]);
  });

  it('waits at random within the bounds of an exponential policy', async () => {
    const { record } = await tryIt(platformRetry, [
      ...[503, 503, 503, 503].map((status) => Object.assign(new Error('busy'), { status })),
      'done',
    ]);
    const [first, second, third, fourth] = record.attempts.map(({ wait }) => wait ?? Number.NaN);

    expect(record.attempts).toHaveLength(5);
    expect(first).toBeGreaterThanOrEqual(5_000);
    expect(first).toBeLessThanOrEqual(7_500);
    expect(second).toBeGreaterThanOrEqual(7_500);
    expect(second).toBeLessThanOrEqual(15_000);
    expect(third).toBeGreaterThanOrEqual(15_000);
    expect(third).toBeLessThanOrEqual(30_000);
    expect(fourth).toBeGreaterThanOrEqual(30_000);
    expect(fourth).toBeLessThanOrEqual(45_000);
  });

  it('waits the same when the random source is seeded the same', async () => {
    const policy = exponential({ count: 3, interval: '10s' });
    const outcomes = [new Error('a'), new Error('b'), 'done'];
    const one = await tryIt(policy, outcomes, { seed: 'weekly' });
    const two = await tryIt(policy, outcomes, { seed: 'weekly' });
    const other = await tryIt(policy, outcomes, { seed: 'daily' });
    const waitsOf = (record: ActionRecord) => record.attempts.map(({ wait }) => wait);

    expect(waitsOf(one.record)).toEqual(waitsOf(two.record));
    expect(waitsOf(one.record)).not.toEqual(waitsOf(other.record));
  });

  it('is not tried again for an error that its policy does not take', async () => {
    const notFound = Object.assign(new Error('gone'), { status: 404 });
    const { record } = await tryIt(fixed({ count: 5, interval: '1s', when: isTransient }), [
      notFound,
      'never',
    ]);

    expect(record).toMatchObject({ status: 'Failed', code: 'HTTP_404' });
    expect(record.attempts).toHaveLength(1);
  });

  it('fails with what the policy itself throws', async () => {
    const when = () => {
      throw new Error('The policy is broken.');
    };
    const { record } = await tryIt(fixed({ count: 5, interval: '1s', when }), [new Error('first')]);

    expect(record.error?.message).toBe('The policy is broken.');
  });

  it('makes no attempt that would begin after the total time', async () => {
    const { record } = await tryIt(fixed({ count: 99, interval: '10s', totalTime: '25s' }), [
      ...Array.from({ length: 99 }, () => new Error('busy')),
    ]);

    // Attempts of 1 s at 0, 11 and 22 s; the next one would begin at 33 s.
    expect(record.attempts).toHaveLength(3);
    expect(record.attempts.at(-1)?.wait).toBeUndefined();
  });

  it('gets the same idempotency key on every attempt, and the number of the attempt', async () => {
    const seen: [string, number][] = [];
    const flow = workflow('Pay', (flow) => {
      flow.forEach(
        'Orders',
        [],
        () => ['a'],
        (each) => {
          each.action(
            'Charge',
            ({ idempotencyKey, attempt }) => {
              seen.push([idempotencyKey, attempt]);
              if (attempt < 3) throw new Error('busy');
            },
            { retry: fixed({ count: 5, interval: 0 }) },
          );
        },
      );
    });
    const clock = virtualClock({ autoAdvance: true });
    await start(flow, undefined, { clock, runId: 'run-1' }).finished;

    expect(seen).toEqual([
      ['run-1/Orders[0]/Charge', 1],
      ['run-1/Orders[0]/Charge', 2],
      ['run-1/Orders[0]/Charge', 3],
    ]);
  });

  it('tells the store which attempt it was', async () => {
    const store = memoryRunStore();
    await tryIt(fixed({ count: 3, interval: '1s' }), [new Error('x'), 'done'], { store });

    expect(await storedOutcomes(store, 'run')).toMatchObject([
      { path: 'Try', attempt: 2, status: 'Succeeded' },
    ]);
  });

  it('is not tried again once the run is cancelled: the wait ends at once', async () => {
    const clock = virtualClock();
    const flow = workflow('Pay', (flow) => {
      flow.action('Try', () => Promise.reject(new Error('busy')), {
        retry: fixed({ count: 5, interval: '1h' }),
      });
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');
    run.cancel();
    const { status, results } = await run.finished;

    expect(status).toBe('Cancelled');
    expect(clock.pending).toBe(0);
    expect(results[0]).toMatchObject({ status: 'Cancelled', code: 'RUN_CANCELLED' });
    // The attempt's own failure is not lost.
    expect(results[0]?.attempts).toMatchObject([
      { number: 1, error: { message: 'busy' }, wait: 3_600_000 },
    ]);
  });
});

/** Runs an action whose attempts take a second each and end as listed. */
async function tryIt(
  retry: RetryPolicy,
  outcomes: readonly unknown[],
  { seed = 'any', store }: { seed?: string; store?: ReturnType<typeof memoryRunStore> } = {},
) {
  const clock = virtualClock({ autoAdvance: true });
  const flow = workflow('Pay', (flow) => {
    flow.action(
      'Try',
      async ({ attempt }) => {
        await clock.sleep('1s');
        const outcome = outcomes[attempt - 1];
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
      { retry },
    );
  });
  const random = seededRandom(seed);
  const run = start(flow, undefined, { clock, random, runId: 'run', ...(store && { store }) });
  await run.finished;
  return { record: run.result('Try') as ActionRecord, clock };
}
