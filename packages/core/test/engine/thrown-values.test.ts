/**
 * Handlers may throw, reject with or return anything: the action ends once, with a code and a message,
 * and nothing escapes.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { type ActionOptions, type Run, settled, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { expectNothingToEscape } from './nothing-escapes.ts';

expectNothingToEscape();

interface Case {
  readonly what: string;
  readonly thrown: unknown;
  readonly code: string;
  readonly message: string;
}

const unreadable = Proxy.revocable({}, {});
unreadable.revoke();

const cases: readonly Case[] = [
  { what: 'an error', thrown: new Error('no'), code: 'UNKNOWN_ERROR', message: 'no' },
  {
    what: 'an error with a code',
    thrown: Object.assign(new Error('no'), { code: 'ECONNRESET' }),
    code: 'ECONNRESET',
    message: 'no',
  },
  {
    what: 'a response of HTTP',
    thrown: { status: 503, message: 'later' },
    code: 'HTTP_503',
    message: 'later',
  },
  { what: 'a type error', thrown: new TypeError('x'), code: 'TypeError', message: 'x' },
  { what: 'a string', thrown: 'no', code: 'NOT_AN_ERROR', message: 'no' },
  {
    what: 'an empty string',
    thrown: '',
    code: 'NOT_AN_ERROR',
    message: 'An empty string was thrown.',
  },
  {
    what: 'undefined',
    thrown: undefined,
    code: 'NOT_AN_ERROR',
    message: 'undefined was thrown.',
  },
  { what: 'null', thrown: null, code: 'NOT_AN_ERROR', message: 'null was thrown.' },
  { what: 'false', thrown: false, code: 'NOT_AN_ERROR', message: 'false was thrown.' },
  {
    what: 'a symbol',
    thrown: Symbol('oh'),
    code: 'NOT_AN_ERROR',
    message: 'Symbol(oh) was thrown.',
  },
  {
    what: 'a frozen error',
    thrown: Object.freeze(new Error('cold')),
    code: 'UNKNOWN_ERROR',
    message: 'cold',
  },
  {
    what: 'an object whose getters throw',
    thrown: {
      get message(): string {
        throw new Error('do not look');
      },
      get code(): string {
        throw new Error('do not look');
      },
    },
    code: 'UNKNOWN_ERROR',
    message: 'An object without a message was thrown; its keys: message, code.',
  },
  {
    what: 'a revoked proxy',
    thrown: unreadable.proxy,
    code: 'UNKNOWN_ERROR',
    message: 'An object that cannot be read was thrown.',
  },
];

/** With and without something between "ready" and "called". */
const guards: readonly { readonly how: string; readonly options: ActionOptions<unknown> }[] = [
  { how: 'a plain action', options: {} },
  { how: 'an action with a timeout', options: { timeout: '1h' } },
];

describe.each(guards)('$how', ({ options }) => {
  it.each(cases)('that throws $what has a code and a message', async (one) => {
    const run = await finish(() => {
      throw one.thrown;
    }, options);

    expectFailed(run, one);
  });

  it.each(cases)('that rejects with $what has a code and a message', async (one) => {
    const run = await finish(() => Promise.reject(one.thrown), options);

    expectFailed(run, one);
  });

  it.each([
    {
      what: 'whose then throws',
      then: () => {
        throw new Error('odd');
      },
    },
    {
      what: 'that rejects twice',
      then: (_: unknown, reject: (error: unknown) => void) => {
        reject(new Error('odd'));
        reject(new Error('again'));
      },
    },
    {
      what: 'that rejects, then resolves',
      then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => {
        reject(new Error('odd'));
        resolve('late');
      },
    },
  ])('that returns a thenable $what is Failed, once', async ({ then }) => {
    const run = await finish(() => thenable(then), options);

    expect(run.result('Odd')).toMatchObject({ status: 'Failed', error: { message: 'odd' } });
    expect(run.result('Next')?.outputs).toBe('Failed');
  });

  it('that returns a thenable that resolves, and then rejects, is Succeeded', async () => {
    const then = (resolve: (value: unknown) => void, reject: (error: unknown) => void) => {
      resolve('first');
      reject(new Error('late'));
      resolve('later');
    };
    const run = await finish(() => thenable(then), options);

    expect(run.result('Odd')).toMatchObject({ status: 'Succeeded', outputs: 'first' });
  });

  it('that returns a promise whose own then throws comes to its end all the same', async () => {
    const broken = () =>
      Object.assign(Promise.resolve(1), {
        then: () => {
          throw new Error('odd');
        },
      });
    const run = await finish(broken, options);

    expect(run.result('Next')?.status).toBe('Succeeded');
  });

  it('that returns a function that can be awaited hands over what it resolves with', async () => {
    const then = (resolve: (value: unknown) => void) => resolve('called');
    const run = await finish(() => Object.assign(() => undefined, { then }), options);

    expect(run.result('Odd')).toMatchObject({ status: 'Succeeded', outputs: 'called' });
  });

  it('that returns an object which cannot be read is Failed', async () => {
    const run = await finish(() => unreadable.proxy, options);

    expect(run.result('Odd')).toMatchObject({ status: 'Failed', code: 'TypeError' });
  });

  it.each([null, 0, '', false, Number.NaN, undefined])(
    'that returns %s hands it over as it is',
    async (value) => {
      const run = await finish(() => value, options);

      expect(run.result('Odd')?.outputs).toBe(value);
    },
  );
});

function expectFailed(run: Run<unknown>, { thrown, code, message }: Case): void {
  const odd = run.result('Odd');
  expect(odd).toMatchObject({ status: 'Failed', code });
  expect(odd?.error).toEqual({ code, message });
  expect(Object.is(odd?.error?.cause, thrown), 'the cause is kept as it is').toBe(true);
  expect(() => JSON.stringify(odd)).not.toThrow();
  expect(run.why().text).toContain(message);
  expect(run.result('Next')?.outputs).toBe('Failed');
}

/** A workflow of one odd action, a bare leaf after it, and one that goes on whatever it did. */
async function finish(
  handler: () => unknown,
  options: ActionOptions<unknown>,
): Promise<Run<unknown>> {
  const flow = workflow('Odd_Ends', (flow) => {
    const odd = flow.action('Odd', handler, options);
    flow.action('Leaf', [odd], () => 1);
    flow.action('Next', [settled(odd)], ([odd]) => odd.status);
  });
  const run = start(flow, undefined, { clock: virtualClock() });
  await run.finished;
  return run;
}

function thenable(then: unknown): unknown {
  return { then };
}
