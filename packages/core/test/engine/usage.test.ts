/**
 * What a run has used: the counts, the slowest handlers, the outliers, the failures that did not count.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { on, settled, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

describe('usage', () => {
  it('counts what ran, what was skipped and each call of a handler', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Order', (flow) => {
      const scope = flow.scope('Prepare', [], (scope) => {
        const stock = scope.action('Stock', () => 3);
        scope.action('Reserve', [stock], () => 'reserved');
      });
      const pay = flow.action('Pay', [scope], failingTwice(), {
        retry: { type: 'fixed', count: 5, interval: '1s' },
      });
      flow.scope('Refund', [on(pay, 'Failed')], (refund) => {
        refund.action('Undo', () => 1);
        refund.action('Tell', () => 1);
      });
      flow.action('Close', [settled(pay)], () => 'closed');
    });
    const { usage } = await start(flow, undefined, { clock }).finished;

    // Prepare, Stock, Reserve, Pay and Close ran; a skipped scope counts once.
    expect(usage).toMatchObject({ executed: 5, skipped: 1, attempts: 6, payloadBytes: 0 });
  });

  it('counts every iteration, and the branches that were not taken', async () => {
    const flow = workflow('Sort', (flow) => {
      flow.forEach(
        'Items',
        [],
        () => [1, 2, 3, 4],
        (each) => {
          each.condition('Big', [each.item], ([item]) => item > 2, {
            then: (then) => {
              then.action('Ship', () => 1);
            },
          });
        },
      );
    });
    const { usage } = await start(flow, undefined).finished;

    // The loop, four conditions, and Ship twice.
    expect(usage).toMatchObject({ executed: 7, skipped: 2, attempts: 2 });
  });

  it('adds up the bytes of outputs whose action has a payload limit', async () => {
    const flow = workflow('Fetch', (flow) => {
      flow.action('Small', () => 'abc', { payloadLimit: 100 });
      flow.action('Umlaut', () => 'äöü', { payloadLimit: 100 });
      flow.action('Unknown', () => 'no limit, no measuring');
    });

    expect((await start(flow, undefined).finished).usage.payloadBytes).toBe(5 + 8);
  });

  it('names the ten slowest handlers, slowest first', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Waves', (flow) => {
      flow.forEach(
        'Calls',
        [],
        () => Array.from({ length: 50 }, (_, index) => (index * 7) % 50),
        (each) => each.action('Call', [each.item], ([item]) => clock.sleep(item * 100)),
        { concurrency: 5, keep: 'summary' },
      );
    });
    const { usage } = await start(flow, undefined, { clock }).finished;

    expect(usage.slowest.map(({ duration }) => duration)).toEqual([
      4900, 4800, 4700, 4600, 4500, 4400, 4300, 4200, 4100, 4000,
    ]);
    expect(usage.slowest[0]).toEqual({ path: 'Calls[7]/Call', duration: 4900 });
    expect(usage.outliers).toEqual([]);
  });

  it('names iterations that took far longer than the others, beside the usual duration', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Throttled', (flow) => {
      flow.forEach(
        'Calls',
        [],
        () => Array.from({ length: 100 }, (_, index) => index),
        (each) =>
          each.action('Call', [each.item], ([item]) => clock.sleep(item === 71 ? '30s' : '1s')),
        { concurrency: 10 },
      );
    });
    const { usage } = await start(flow, undefined, { clock }).finished;

    expect(usage.outliers).toMatchObject([{ path: 'Calls[71]/Call', duration: 30_000 }]);
    expect(usage.outliers[0]?.median).toBeGreaterThan(875);
    expect(usage.outliers[0]?.median).toBeLessThanOrEqual(1_000);
  });

  it('can be asked for while the run goes on', async () => {
    const clock = virtualClock();
    const flow = workflow('Slow', (flow) => {
      const quick = flow.action('Quick', () => 1);
      flow.action('Slow', [quick], () => clock.sleep('1m'));
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');

    expect(run.usage()).toMatchObject({ executed: 1, attempts: 1 });
    await clock.advance('1m');
    expect(run.usage()).toMatchObject({ executed: 2, attempts: 2 });
  });

  it('is exact for 200,000 iterations of which only counts are kept', async () => {
    const flow = workflow('Many', (flow) => {
      flow.forEach(
        'Items',
        [],
        function* () {
          for (let item = 0; item < 200_000; item++) yield item;
        },
        (each) => {
          each.action('Work', [each.item], ([item]) => {
            if (item % 1_000 === 7) throw new Error('every thousandth');
          });
        },
        { concurrency: 20, keep: 'summary' },
      );
    });
    const { usage, results } = await start(flow, undefined).finished;

    expect(usage).toMatchObject({ executed: 200_001, skipped: 0, attempts: 200_000 });
    expect(usage.slowest).toHaveLength(10);
    expect(results[0]?.counts).toMatchObject({ total: 200_000, Failed: 200 });
    expect(results[0]?.iterations).toEqual([]);
  });
});

describe('usage of child workflows', () => {
  const clock = virtualClock({ autoAdvance: true });
  const child = workflow('Notify', (flow) => {
    flow.action('Call', () => clock.sleep('1s'));
    const chat = flow.action('Chat', () => {
      throw new Error('down');
    });
    flow.action('After', [settled(chat)], () => 1);
  });
  const parent = workflow('Order', (flow) => {
    flow.action('Call', () => clock.sleep('1m'));
    flow.forEach(
      'Customers',
      [],
      () => Array.from({ length: 20 }),
      (each) => {
        each.child('Tell', [], child, () => undefined);
      },
    );
  });

  it('is part of that of the run, with paths that lead through the child', async () => {
    const { usage, handledFailures } = await start(parent, undefined, { clock }).finished;

    expect(usage).toMatchObject({ executed: 1 + 1 + 20 * 4, attempts: 1 + 20 * 3 });
    expect(usage.slowest.slice(0, 2)).toEqual([
      { path: 'Call', duration: 60_000 },
      { path: 'Customers[0]/Tell/Call', duration: 1_000 },
    ]);
    expect(handledFailures).toHaveLength(20);
    expect(handledFailures[19]?.path).toBe('Customers[19]/Tell/Chat');
  });

  it('keeps apart what has the same name in the parent and in the child', async () => {
    const { usage } = await start(parent, undefined, { clock }).finished;

    // Among the calls of the child, that of the parent would stick out.
    expect(usage.outliers).toEqual([]);
  });
});

describe('the list of handled failures', () => {
  it('stops at 1,000, however many there are', async () => {
    const child = workflow('Bad_Child', (flow) => {
      const bad = flow.action('Bad', () => {
        throw new Error('no');
      });
      flow.action('After', [settled(bad)], () => 1);
    });
    const parent = workflow('Parent', (flow) => {
      flow.forEach(
        'Items',
        [],
        () => Array.from({ length: 1_500 }),
        (each) => {
          each.child('Child', [], child, () => undefined);
        },
      );
    });
    const { status, handledFailures } = await start(parent, undefined).finished;

    expect(status).toBe('Succeeded');
    expect(handledFailures).toHaveLength(1_000);
    expect(handledFailures.at(-1)?.path).toBe('Items[999]/Child/Bad');
  });
});

function failingTwice(): () => string {
  let calls = 0;
  return () => {
    calls++;
    if (calls <= 2) throw new Error('busy');
    return 'paid';
  };
}
