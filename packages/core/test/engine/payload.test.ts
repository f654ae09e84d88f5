/**
 * Trimmed outputs: `select` keeps a part, `payloadLimit` refuses what is too large and says how to go on.
 * @module
 */
import { fixed, virtualClock } from '@runafter/clock';
import {
  type ActionOptions,
  PayloadNotMeasurableError,
  PayloadTooLargeError,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';

describe('select', () => {
  it('decides what is recorded and handed over', async () => {
    const flow = workflow('Page', (flow) => {
      const page = flow.action('Get', async () => ({ id: 7, html: 'x'.repeat(10_000) }), {
        select: ({ id }) => ({ id }),
      });
      return flow.action('Use', [page], ([page]) => Object.keys(page));
    });
    const run = start(flow, undefined);
    const result = await run.finished;

    expect(run.result('Get')?.outputs).toEqual({ id: 7 });
    expect(result).toMatchObject({ outputs: ['id'] });
  });

  it('fails the action when it throws, and is not tried again', async () => {
    let calls = 0;
    const { record } = await get(
      () => {
        calls++;
        return 1;
      },
      {
        select: () => {
          throw new Error('no such field');
        },
        retry: fixed({ count: 3, interval: '1s' }),
      },
    );

    expect(record).toMatchObject({ status: 'Failed', error: { message: 'no such field' } });
    expect(calls).toBe(1);
  });
});

describe('payloadLimit', () => {
  it('lets through what has as many bytes as JSON as it says', async () => {
    const { record, usage } = await get(() => ({ a: 1 }), { payloadLimit: 7 });

    expect(record?.status).toBe('Succeeded');
    expect(usage.payloadBytes).toBe(7);
  });

  it('fails an action whose output has more, naming the action, the sizes and the way out', async () => {
    const { record } = await get(() => ({ a: 12 }), { payloadLimit: 7 });

    expect(record).toMatchObject({
      status: 'Failed',
      code: 'PAYLOAD_TOO_LARGE',
      outputs: undefined,
      error: {
        message:
          'The output of "Get" has 8 bytes as JSON; its payloadLimit is 7. Keep less with ' +
          'select: (output) => …, hand over a reference instead, or raise the limit.',
      },
    });
    expect(record?.error?.cause).toBeInstanceOf(PayloadTooLargeError);
    expect(record?.error?.cause).toMatchObject({ path: 'Get', payloadBytes: 8, payloadLimit: 7 });
  });

  it('holds for what select keeps', async () => {
    const { record } = await get(() => 'x'.repeat(10_000), {
      payloadLimit: 10,
      select: (text) => String(text).slice(0, 5),
    });

    expect(record).toMatchObject({ status: 'Succeeded', outputs: 'xxxxx' });
  });

  it('holds for what an async select keeps', async () => {
    const { record } = await get(() => 'x', {
      payloadLimit: 10,
      select: async (text) => String(text).repeat(11),
    });

    expect(record).toMatchObject({ status: 'Failed', code: 'PAYLOAD_TOO_LARGE' });
  });

  it('counts bytes and not characters', async () => {
    const { usage } = await get(() => '€', { payloadLimit: 100 });

    expect(usage.payloadBytes).toBe(5);
  });

  it.each([
    { what: 'a bigint', output: 10n ** 20n, bytes: 23 },
    { what: 'a bigint inside', output: { sum: 12n }, bytes: 12 },
    { what: 'a Map', output: new Map([['a', 1]]), bytes: 9 },
    { what: 'a Set', output: new Set([1, 2]), bytes: 5 },
    { what: 'bytes', output: new Uint8Array(3), bytes: 6 },
    { what: 'a date', output: new Date(0), bytes: 26 },
    { what: 'nothing', output: undefined, bytes: 0 },
    { what: 'null', output: null, bytes: 4 },
  ])('measures $what by its contents', async ({ output, bytes }) => {
    const { record, usage } = await get(() => output, { payloadLimit: 100 });

    expect(record).toMatchObject({ status: 'Succeeded', outputs: output });
    expect(usage.payloadBytes).toBe(bytes);
  });

  it.each([
    { what: 'refers to itself', output: circle(), why: /circular/i },
    {
      what: 'has a toJSON that throws',
      output: {
        toJSON() {
          throw new Error('not today');
        },
      },
      why: /not today/,
    },
    {
      what: 'has a toJSON that throws a string',
      output: {
        toJSON() {
          throw 'not today';
        },
      },
      why: /not today/,
    },
  ])('fails an action whose output $what, and says so', async ({ output, why }) => {
    const { record } = await get(() => output, { payloadLimit: 100 });

    expect(record).toMatchObject({ status: 'Failed', code: 'PAYLOAD_NOT_MEASURABLE' });
    expect(record?.error?.message).toContain('The output of "Get" has a payloadLimit but no JSON');
    expect(record?.error?.message).toMatch(why);
    expect(record?.error?.cause).toBeInstanceOf(PayloadNotMeasurableError);
  });
});

async function get(handler: () => unknown, options: ActionOptions<unknown>) {
  const flow = workflow('Page', (flow) => {
    flow.action('Get', handler, options);
  });
  const run = start(flow, undefined, { clock: virtualClock({ autoAdvance: true }) });
  const { usage } = await run.finished;
  return { record: run.result('Get'), usage };
}

function circle(): object {
  const circle: { self?: object } = {};
  circle.self = circle;
  return circle;
}
