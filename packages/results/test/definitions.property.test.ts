/**
 * Every function against its definition in one plain line, on random records: from an array, from a
 * stream, and pushed one by one the answer must be the same.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Accumulator,
  collect,
  collecting,
  filter,
  findingFirstError,
  firstError,
  groupErrorsByCode,
  groupingErrorsByCode,
  partition,
  partitioning,
  type Recordable,
  tally,
  tallyBy,
  tallying,
  tallyingBy,
} from '../src/index.ts';
import { records, Stream, settledResults, type TestRecord } from './arbitrary-records.ts';

const failing = ['Failed', 'TimedOut', 'Cancelled'];

function naiveTally(list: readonly TestRecord[]) {
  const count = (status: string) => list.filter((record) => record.status === status).length;
  return {
    total: list.length,
    Succeeded: count('Succeeded'),
    Failed: count('Failed'),
    TimedOut: count('TimedOut'),
    Cancelled: count('Cancelled'),
    Skipped: count('Skipped'),
  };
}

const ofTeam = ({ team }: TestRecord) => team;

const naive = {
  tally: naiveTally,
  tallyBy: (list: readonly TestRecord[]) =>
    new Map(Array.from(groupBy(list, ofTeam), ([team, group]) => [team, naiveTally(group)])),
  partition: (list: readonly TestRecord[]) => ({
    succeeded: list.filter(({ status }) => status === 'Succeeded'),
    failed: list.filter(({ status }) => failing.includes(status)),
    skipped: list.filter(({ status }) => status === 'Skipped'),
  }),
  collect: (list: readonly TestRecord[]) =>
    list.flatMap((record) => (record.status === 'Succeeded' ? [record.outputs] : [])),
  firstError: (list: readonly TestRecord[]) => errorsOf(list)[0]?.error,
  groupErrorsByCode: (list: readonly TestRecord[]) =>
    new Map(
      [...groupBy(errorsOf(list), ({ error }) => error.code)]
        .sort(([, a], [, b]) => b.length - a.length)
        .map(([code, group]) => [
          code,
          {
            code,
            count: group.length,
            message: group[0]?.error.message,
            examples: group.slice(0, 2),
          },
        ]),
    ),
};

function errorsOf(list: readonly TestRecord[]) {
  return list.flatMap((record) =>
    record.status !== 'Succeeded' && record.status !== 'Skipped' ? [record] : [],
  );
}

function groupBy<T, K>(list: readonly T[], key: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of list) groups.set(key(value), [...(groups.get(key(value)) ?? []), value]);
  return groups;
}

async function toArray<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of stream) list.push(value);
  return list;
}

function pushAll<R, A>(accumulator: Accumulator<R, A>, list: readonly R[]): A {
  for (const record of list) accumulator.push(record);
  return accumulator.result();
}

type Source = TestRecord[] | Stream<TestRecord>;

const functions: {
  readonly name: keyof typeof naive;
  /** Called with an array or a stream; the overloads make no difference at run time. */
  readonly read: (source: TestRecord[]) => unknown;
  readonly accumulator: () => Accumulator<TestRecord, unknown>;
}[] = [
  { name: 'tally', read: (source) => tally(source), accumulator: () => tallying() },
  {
    name: 'tallyBy',
    read: (source) => tallyBy(source, ofTeam),
    accumulator: () => tallyingBy(ofTeam),
  },
  { name: 'partition', read: (source) => partition(source), accumulator: () => partitioning() },
  { name: 'collect', read: (source) => collect(source), accumulator: () => collecting() },
  {
    name: 'firstError',
    read: (source) => firstError(source),
    accumulator: () => findingFirstError(),
  },
  {
    name: 'groupErrorsByCode',
    read: (source) => groupErrorsByCode(source, { examples: 2 }),
    accumulator: () => groupingErrorsByCode({ examples: 2 }),
  },
];

describe.each(functions)('$name', ({ name, read, accumulator }) => {
  const readAny = read as (source: Source) => unknown;

  test('answers as its definition does, from an array, an iterator, a stream, and pushed', () =>
    fc.assert(
      fc.asyncProperty(records, async (list) => {
        const expected = naive[name](list);
        expect(read(list), 'array').toEqual(expected);
        expect(read(list.values() as unknown as TestRecord[]), 'iterator').toEqual(expected);
        expect(await readAny(new Stream(list)), 'stream').toEqual(expected);
        expect(pushAll(accumulator(), list), 'pushed').toEqual(expected);
      }),
    ));

  test('keeps the order in which keys were first seen, and of records within a group', () =>
    fc.assert(
      fc.property(records, (list) => {
        const order = (answer: unknown) => (answer instanceof Map ? [...answer.keys()] : answer);
        expect(order(read(list))).toEqual(order(naive[name](list)));
      }),
    ));

  test('an answer does not change when pushing goes on', () =>
    fc.assert(
      fc.property(records, records, (before, after) => {
        const pushed = accumulator();
        const answer = pushAll(pushed, before);
        const copy = structuredClone(answer);
        pushAll(pushed, after);
        expect(answer).toEqual(copy);
        expect(pushed.result()).toEqual(naive[name]([...before, ...after]));
      }),
    ));
});

test('filter keeps what ended in one of the statuses, from an array and from a stream', () =>
  fc.assert(
    fc.asyncProperty(records, async (list) => {
      const expected = list.filter(({ status }) => status === 'Failed' || status === 'Skipped');
      expect(filter(list, 'Failed', 'Skipped')).toEqual(expected);
      expect(await toArray(filter(new Stream(list), 'Failed', 'Skipped'))).toEqual(expected);
    }),
  ));

test('the three parts of a partition are all of it, whatever the promises were rejected with', () =>
  fc.assert(
    fc.property(settledResults, (results) => {
      const { succeeded, failed, skipped } = partition(results);
      expect(skipped).toEqual([]);
      const rebuilt = [...succeeded, ...failed].sort((a, b) => a.index - b.index);
      expect(rebuilt.map(({ status }) => status)).toEqual(
        results.map(({ status }) => (status === 'fulfilled' ? 'Succeeded' : 'Failed')),
      );
      for (const { error, index } of failed) {
        expect(error.code).not.toBe('');
        expect(error.message).not.toBe('');
        expect(error.cause).toBe((results[index] as PromiseRejectedResult).reason);
      }
    }),
  ));

test('settled promises and the records they stand for give the same answers', () =>
  fc.assert(
    fc.property(settledResults, (results) => {
      const { succeeded, failed } = partition(results);
      const asRecords: Recordable[] = [...succeeded, ...failed].sort((a, b) => a.index - b.index);
      expect(tally(results)).toEqual(tally(asRecords));
      expect(collect(results)).toEqual(collect(asRecords));
      expect(firstError(results)).toEqual(firstError(asRecords));
      expect([...groupErrorsByCode(results).keys()]).toEqual([
        ...groupErrorsByCode(asRecords).keys(),
      ]);
    }),
  ));
