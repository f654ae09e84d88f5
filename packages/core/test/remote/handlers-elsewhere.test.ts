/**
 * Handlers that are called in another process: what they are given, and what becomes of what they return
 * and throw, is what it would be in the process of the run.
 */
import { exponential, fixed } from '@runafter/clock';
import {
  type ActionRecord,
  defineWorkflow,
  type Flow,
  failed,
  on,
  settled,
  type Workflow,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { type AnyResult, expectSameAsHere } from './same-as-here.ts';

const second = { retry: fixed({ count: 2, interval: '1s' }) };

describe('a handler that is called elsewhere', () => {
  it('is given what it would be given here', async () => {
    const { result } = await expectSameAsHere(everywhere(), { region: 'north' });

    expect(result.status).toBe('Succeeded');
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a Map with a Date', new Map([['due', new Date(7)]])],
    ['a bigint', 12n],
    ['what refers to itself', circle()],
    ['bytes', new Uint8Array([1, 2, 3])],
  ])('hands over %s', async (_, value) => {
    const { result } = await expectSameAsHere(
      workflow('Hand', (flow) => {
        const made = flow.action('Make', () => value);
        return flow.action('Take', [made], ([made]) => made);
      }),
      undefined,
    );

    expect(result.outputs).toEqual(value);
  });

  it.each<[string, () => unknown]>([
    ['an error', () => new TypeError('No field "name".')],
    ['a code', () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
    ['an HTTP status', () => Object.assign(new Error('gone'), { status: 410 })],
    ['a cause', () => new Error('outside', { cause: new Error('inside') })],
    ['an AggregateError', () => new AggregateError([new Error('a'), new Error('b')], 'both')],
    ['an AbortError', () => new DOMException('Stopped.', 'AbortError')],
    ['a text', () => 'no error at all'],
    ['nothing', () => undefined],
    ['an object', () => ({ code: 'ODD', message: 'an object' })],
    ['what carries a function', () => Object.assign(new Error('busy'), { again: () => 1 })],
    ['a response of fetch', () => new Response('', { status: 503 })],
  ])('throws %s, and it is known as such, and tried again as here', async (_, make) => {
    const { result } = await expectSameAsHere(throwing(make, second), undefined);

    expect(result.status).toBe('Failed');
  });

  it('hands an error on to who handles it', async () => {
    const { result } = await expectSameAsHere(
      workflow('Handle', (flow) => {
        const a = flow.action('A', () => {
          throw new Error('outside', { cause: new Error('inside') });
        });
        const b = flow.action('B', [failed(a)], ([a]) => [a.status, a.error.code, a.error.message]);
        return settled(b);
      }),
      undefined,
    );

    expect(result.results.at(-1)?.outputs).toEqual(['Failed', 'UNKNOWN_ERROR', 'outside']);
  });

  it('is tried again as its policy says, and its record tells of each attempt', async () => {
    const { result, team } = await expectSameAsHere(
      workflow('Retry', (flow) => {
        const jitter = exponential({ count: 5, interval: '1s' });
        return flow.action(
          'Try',
          ({ attempt }) => {
            if (attempt < 4) throw new Error(`attempt ${attempt}`);
            return attempt;
          },
          { retry: jitter },
        );
      }),
      undefined,
    );

    expect(result.outputs).toBe(4);
    expect(attemptsOf(result)).toHaveLength(4);
    expect(team.jobs.map(({ call }) => call.attempt)).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['a field', () => Object.assign(new Error('busy'), { retryAfter: '7s' })],
    [
      'a date',
      () => Object.assign(new Error('busy'), { retryAfter: new Date('2026-01-01T00:00:09Z') }),
    ],
    [
      'a header',
      () => Object.assign(new Error('busy'), { headers: new Headers({ 'retry-after': '9' }) }),
    ],
    [
      'a cause',
      () => new Error('busy', { cause: { response: { headers: { 'retry-after-ms': '77' } } } }),
    ],
  ])('is tried again when %s says', async (_, make) => {
    const { result } = await expectSameAsHere(throwing(make, second), undefined);

    expect(attemptsOf(result)[0]?.wait).not.toBe(1_000);
  });

  it('is tried again for errors that its policy takes, as they were thrown', async () => {
    class Busy extends Error {
      readonly isBusy = () => this.message === 'busy';
    }
    const when = (error: unknown) => error instanceof Busy && error.isBusy();
    for (const [message, attempts] of [
      ['busy', 3],
      ['lost', 1],
    ] as const) {
      const options = { retry: fixed({ count: 2, interval: '1s', when }) };
      const { result } = await expectSameAsHere(
        throwing(() => new Busy(message), options),
        undefined,
      );

      expect(attemptsOf(result)).toHaveLength(attempts);
    }
  });

  it('fails with what its policy throws', async () => {
    const when = () => {
      throw new Error('The policy is broken.');
    };
    const retry = fixed({ count: 2, interval: '1s', when });
    const { result } = await expectSameAsHere(
      throwing(() => new Error('busy'), { retry }),
      undefined,
    );

    expect(result.error?.message).toContain('The policy is broken.');
  });

  it('has its output trimmed, and measured against its limit', async () => {
    const { result } = await expectSameAsHere(
      workflow('Trim', (flow) => {
        const options = { select: (text: string) => text.slice(0, 3), payloadLimit: 5 };
        const fits = flow.action('Fits', () => 'a long text', options);
        const large = flow.action('Large', () => '1234567', { payloadLimit: 5, ...second });
        const broken = flow.action('Broken', () => 'text', {
          select: () => {
            throw new Error('no such field');
          },
          ...second,
        });
        const odd = flow.action('Odd', () => ({ toJSON: () => failing() }), {
          payloadLimit: 5,
        });
        return flow.action('All', [fits, settled(large), settled(broken), settled(odd)], (values) =>
          values.map((value) => (typeof value === 'string' ? value : codeOf(value))),
        );
      }),
      undefined,
    );

    expect(result.outputs).toEqual([
      'a l',
      'PAYLOAD_TOO_LARGE',
      'UNKNOWN_ERROR',
      'PAYLOAD_NOT_MEASURABLE',
    ]);
  });

  it.each<[string, unknown, number | undefined, string]>([
    ['a function in it', { items: [{ when: () => 1 }] }, undefined, 'VALUE_NOT_STORABLE'],
    ['a promise in it', [Promise.resolve(1)], undefined, 'VALUE_NOT_STORABLE'],
    ['more than the limit', 'x'.repeat(200), 100, 'VALUE_TOO_LARGE'],
    ['more than the usual limit', 'x'.repeat(1_048_600), undefined, 'VALUE_TOO_LARGE'],
  ])('fails where its output has %s', async (_, value, valueLimit, code) => {
    const { result } = await expectSameAsHere(
      workflow('Odd', (flow) => flow.action('Make', () => value)),
      undefined,
      valueLimit === undefined ? {} : { valueLimit },
    );

    expect(result.results[0]).toMatchObject({ status: 'Failed', code });
  });

  it.each([
    [100, 'x'.repeat(96)],
    [undefined, 'x'.repeat(1_048_572)],
  ])('hands over what just fits the limit of %s', async (valueLimit, value) => {
    const { result } = await expectSameAsHere(
      workflow('Fits', (flow) => flow.action('Make', () => value)),
      undefined,
      valueLimit === undefined ? {} : { valueLimit },
    );

    expect(result.status).toBe('Succeeded');
  });

  it('fails with an error that is longer than a value may be', async () => {
    const { result } = await expectSameAsHere(
      throwing(() => Object.assign(new Error('busy'), { code: 'LONG', page: 'x'.repeat(500) })),
      undefined,
      { valueLimit: 300 },
    );

    expect(result.results[0]?.error).toMatchObject({ code: 'LONG', message: 'busy' });
  });

  it('can be given more than goes with a call, in a run with a long input', async () => {
    const long = 'long '.repeat(20_000);
    const { result, team } = await expectSameAsHere(
      workflow('Long', (flow: Flow<string>) => {
        const made = flow.action('Make', ({ input }) => input.length);
        const more = flow.action('More', [made], (_, { input }) => input + input);
        const use = flow.action(
          'Use',
          [more],
          ([more], { attempt, input }) => {
            if (attempt < 3) throw new Error('busy');
            return [more.length, input.length];
          },
          second,
        );
        return flow.child(
          'Child',
          [use],
          workflow('Child', (flow: Flow<string>) => flow.action('In', ({ input }) => input.length)),
          (_, { input }) => input,
        );
      }),
      long,
    );

    expect(result.outputs).toBe(100_000);
    expect(Math.max(...team.jobs.map(({ text }) => text.length))).toBeLessThan(1_000);
  });

  it('is as much bounded by the run as here', async () => {
    const flow = workflow('Bounded', (flow) => {
      for (const name of ['A', 'B', 'C', 'D']) {
        flow.action(name, () => name);
      }
    });
    await expectSameAsHere(flow, undefined, { maxConcurrentActions: 2 });
  });
});

describe('a handler of the data form that is called elsewhere', () => {
  it('finds by name what has certainly ended: beside it, and around its containers', async () => {
    const deep = ({ outputs, result }: LookUps) => [
      outputs('Pick'),
      outputs('First'),
      result('Broken').status,
    ];
    const { result } = await expectSameAsHere(
      named(
        {
          First: { run: () => 'first' },
          Broken: { run: failing },
          Orders: {
            type: 'forEach',
            items: () => ['a', 'b'],
            runAfter: {
              First: ['Succeeded'],
              Broken: ['Succeeded', 'Failed', 'Skipped', 'TimedOut'],
            },
            actions: {
              Pick: { run: ({ item, outputs }: LookUps) => `${item} ${outputs('First')}` },
              Choose: {
                type: 'condition',
                runAfter: { Pick: ['Succeeded'] },
                test: () => true,
                then: { actions: { Deep: { run: deep } }, output: 'Deep' },
              },
            },
            output: 'Choose',
          },
        },
        'Orders',
      ),
      undefined,
    );

    expect(result.outputs).toEqual([
      ['a first', 'first', 'Failed'],
      ['b first', 'first', 'Failed'],
    ]);
  });

  it.each([
    ['what did not succeed', 'Broken', { Broken: ['Failed'] }],
    ['what it does not run after', 'First', { Broken: ['Failed'] }],
    ['what there is not', 'Nobody', {}],
  ])('fails where it asks for %s', async (_, name, runAfter) => {
    const { result } = await expectSameAsHere(
      named({
        First: { run: () => 'first' },
        Broken: { run: failing },
        Ask: { runAfter, run: ({ outputs }: LookUps) => outputs(name) },
      }),
      undefined,
      { tellsOfMessages: false },
    );

    expect(result.results.at(-1)).toMatchObject({ code: 'OUTPUT_NOT_AVAILABLE' });
  });

  it('does not find past what has the same name, stands nearer, and may still run', async () => {
    const { result } = await expectSameAsHere(
      named({
        Twin: { run: () => 'outer' },
        Scope: {
          type: 'scope',
          runAfter: { Twin: ['Succeeded'] },
          actions: {
            Twin: { run: () => 'inner' },
            Ask: { run: ({ outputs }: LookUps) => outputs('Twin') },
          },
        },
      }),
      undefined,
      { tellsOfMessages: false },
    );

    expect(result.results.at(-1)?.results.at(-1)).toMatchObject({ code: 'OUTPUT_NOT_AVAILABLE' });
  });
});

interface LookUps {
  readonly item: unknown;
  readonly outputs: (name: string) => unknown;
  readonly result: (name: string) => { readonly status: string };
}

function named(actions: object, output?: string): Workflow<undefined, unknown> {
  const definition = { name: 'Names', actions, ...(output && { output }) };
  return defineWorkflow(definition as never) as Workflow<undefined, unknown>;
}

function failing(): never {
  throw new Error('broken');
}

function everywhere(): Workflow<{ region: string }, unknown> {
  const see = (
    values: unknown,
    context: {
      input: unknown;
      path: string;
      runId: string;
      idempotencyKey: string;
      attempt: number;
    },
  ) => {
    const { input, path, runId, idempotencyKey, attempt } = context;
    const { item, index, state } = context as { item?: unknown; index?: number; state?: unknown };
    return {
      values: JSON.parse(JSON.stringify(values)),
      input,
      path,
      runId,
      idempotencyKey,
      attempt,
      item,
      index,
      state,
    };
  };
  const inner = workflow('Inner', (flow: Flow<string>) => {
    const seen = flow.action('Seen', (context) => see([], context));
    const loop = flow.forEach(
      'Loop',
      [seen],
      () => [{ id: 'x' }, { id: 'y' }],
      (each) => each.action('Work', [each.item], (values, context) => see(values, context)),
      { id: ({ id }) => id },
    );
    return flow.action('All', [seen, loop], see);
  });
  return workflow('Outer', (flow: Flow<{ region: string }>) => {
    const first = flow.action('First', (context) => see([], context));
    const lost = flow.action('Lost', () => {
      throw new Error('lost');
    });
    flow.action('Saved', [on(lost, 'Failed', 'TimedOut')], see);
    const scope = flow.scope('Scope', [first, settled(lost)], (scope, [first]) => {
      const a = scope.action('A', [first], see);
      return settled(scope.action('B', [a, first], see));
    });
    const loop = flow.forEach(
      'Outer_Loop',
      [first],
      () => [10, 20, 30],
      (each, [first]) =>
        each.forEach(
          'Inner_Loop',
          [first, each.item],
          ([, item]) => [item + 1, item + 2],
          (small, [first, item]) => small.action('Work', [first, item, small.item], see),
          { concurrency: 2 },
        ),
      { concurrency: 3 },
    );
    const rounds = flow.until(
      'Rounds',
      [],
      () => 0,
      (round) =>
        round.action('Next', (context) => {
          see([], context);
          return Number(Object(context).state) + 1;
        }),
      (state) => state >= 3,
      { maxIterations: 5, timeout: '1h' },
    );
    const stream = flow.forEach(
      'Stream',
      [],
      async function* () {
        yield { id: 'one' };
        yield { id: 'two' };
      },
      (each) => each.action('Take', (context) => see([], context)),
      { id: ({ id }) => id },
    );
    const keyed = flow.forEach(
      'Keyed',
      [],
      () => ['a', 'b', 'a', 'c'],
      (each) => each.action('Turn', (context) => see([], context)),
      { concurrency: 4, key: (item) => item },
    );
    const chosen = flow.condition('If', [first], () => true, {
      then: (yes) => yes.action('Then', (context) => see([], context)),
      else: (no) => no.action('Else', () => 1),
    });
    const child = flow.child('Child', [first], inner, () => 'for the child');
    return flow.action(
      'All',
      [scope, settled(loop), rounds, stream, keyed, settled(chosen), child, settled(lost)],
      see,
    );
  });
}

function throwing(make: () => unknown, options: object = {}): Workflow<undefined, unknown> {
  return workflow('Throw', (flow) =>
    flow.action(
      'Throw',
      () => {
        throw make();
      },
      options,
    ),
  );
}

function codeOf(value: unknown): unknown {
  return Object(value).code;
}

function attemptsOf(result: AnyResult): ActionRecord['attempts'] {
  return result.results[0]?.attempts ?? [];
}

function circle(): object {
  const self: { me?: object; name: string } = { name: 'circle' };
  self.me = self;
  return self;
}
