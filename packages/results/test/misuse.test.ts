/** What JavaScript lets one write and TypeScript does not: refused with a code and the way out. */
import { isRunafterError } from '@runafter/errors';
import { describe, expect, test } from 'vitest';
import {
  aggregate,
  collect,
  filter,
  firstError,
  groupErrorsByCode,
  partition,
  tally,
  tallyBy,
} from '../src/index.ts';
import { failed, succeeded } from './arbitrary-records.ts';

/** Calls a function as JavaScript would. */
// biome-ignore lint/suspicious/noExplicitAny: the point is to pass what the types refuse.
const untyped = (value: unknown): any => value;

function thrownBy(call: () => unknown): Error & { code?: string } {
  try {
    call();
  } catch (error) {
    expect(isRunafterError(error)).toBe(true);
    return error as Error;
  }
  throw new Error('Nothing was thrown.');
}

describe.each([
  ['tally', tally],
  ['tallyBy', (records: never) => tallyBy(records, () => 1)],
  ['partition', partition],
  ['collect', collect],
  ['firstError', firstError],
  ['groupErrorsByCode', groupErrorsByCode],
  ['filter', (records: never) => filter(records, 'Failed')],
  ['aggregate', (records: never) => aggregate(records, {})],
] as const)('%s', (name, call) => {
  test.each([
    ['undefined', undefined, 'undefined'],
    ['a Promise', Promise.resolve([]), 'a Promise (await it first)'],
    ['a number', 7, '7'],
    ['a single record', succeeded('secret'), 'an object with the keys status, outputs'],
    ['an object without prototype', Object.create(null), 'an object without keys'],
  ])('refuses %s in place of records, and names itself', (_what, value, described) => {
    const error = thrownBy(() => untyped(call)(value));
    expect(error.code).toBe('RECORDS_INVALID');
    expect(error.message).toContain(`${name}(…) got ${described} in place of an iterable`);
    expect(error.message).not.toContain('secret');
  });
});

test.each([
  ['undefined', undefined, 'is no record: it is undefined'],
  ['null', null, 'is no record: it is null'],
  ['a string', 'Succeeded', 'is no record: it is a string'],
  ['a promise', Promise.resolve(), 'it is a Promise (await it first)'],
  ['a status in another case', { status: 'succeeded' }, 'has the status "succeeded"'],
  ['an unknown status', { status: 'Done' }, 'which is none of Succeeded, Failed, TimedOut'],
  ['a name every object has', { status: 'toString' }, 'has the status "toString"'],
  ['a status that is no text', { status: 200 }, 'an object with the keys status'],
  ['a failure without an error', { status: 'Failed' }, 'is Failed but has no error'],
  ['an error without a code', { status: 'TimedOut', error: new Error('late') }, 'has no error'],
  ['a skip that does not say why', { status: 'Skipped' }, 'is Skipped but has no error'],
])('refuses %s among the records, and says where', (_what, value, message) => {
  const error = thrownBy(() => tally(untyped([succeeded(1), failed('A'), value])));
  expect(error).toMatchObject({ code: 'RECORDS_INVALID', index: 2 });
  expect(error.message).toContain(`Record 2 ${message.startsWith('it') ? 'is no record: ' : ''}`);
  expect(error.message).toContain(message);
});

test('describes even what cannot be looked at', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const error = thrownBy(() => untyped(tallyBy)([], proxy));
  expect(error.message).toContain('an object that cannot be read');
});

test.each([
  ['a key that is no function', () => untyped(tallyBy)([], 'team'), 'key'],
  ['a key that is a Promise', () => tallyBy([succeeded(1)], async () => 'North'), 'key'],
  ['a negative bound', () => groupErrorsByCode([], { examples: -1 }), 'examples'],
  ['a bound of half a record', () => groupErrorsByCode([], { examples: 0.5 }), 'examples'],
  ['no bound at all', () => groupErrorsByCode([], { examples: Infinity }), 'examples'],
  ['a bound as text', () => groupErrorsByCode([], { examples: untyped('3') }), 'examples'],
  ['no status', () => untyped(filter)([]), 'wanted'],
  ['an unknown status', () => filter([], untyped('failed')), 'wanted'],
  ['a status of a promise', () => filter([], untyped('rejected')), 'wanted'],
  [
    'an answer in place of a question',
    () => aggregate([], { counts: untyped(tally([])) }),
    'counts',
  ],
  ['a function that was not called', () => aggregate([], { counts: untyped(tally) }), 'counts'],
])('refuses %s, and names the option', (_what, call, option) => {
  const error = thrownBy(call);
  expect(error).toMatchObject({ code: 'RESULTS_OPTION_INVALID', option });
  expect(error.message).toMatch(/[.]$/);
});

test('what a key function throws comes out unchanged', () => {
  const error = new Error('no team');
  const call = () =>
    tallyBy([succeeded(1)], () => {
      throw error;
    });
  expect(call).toThrow(error);
});

test('examples: 0 counts without keeping a record', () => {
  const groups = groupErrorsByCode([failed('A'), failed('A')], { examples: 0 });
  expect(groups.get('A')).toEqual({
    code: 'A',
    count: 2,
    message: 'It did not work.',
    examples: [],
  });
});
