import { expect, test } from 'vitest';
import {
  type Accumulator,
  aggregate,
  aggregating,
  findingFirstError,
  groupingErrorsByCode,
  tallying,
  tallyingBy,
} from '../src/index.ts';
import { failed, Stream, succeeded } from './arbitrary-records.ts';

const records = [
  { ...succeeded(1), team: 'North' },
  { ...failed('HTTP_429', 'Slow down.'), team: 'South' },
  { ...failed('HTTP_500', 'Sorry.'), team: 'South' },
];

const questions = () => ({
  counts: tallying(),
  byTeam: tallyingBy(({ team }: (typeof records)[number]) => team),
  errors: groupingErrorsByCode<(typeof records)[number]>({ examples: 1 }),
  first: findingFirstError(),
});

test('asks several questions in one pass over an array', () => {
  const { counts, byTeam, errors, first } = aggregate(records, questions());
  expect(counts).toMatchObject({ total: 3, Succeeded: 1, Failed: 2 });
  expect(byTeam.get('South')).toMatchObject({ total: 2, Failed: 2 });
  expect(errors.get('HTTP_500')).toMatchObject({ count: 1, examples: [records[2]] });
  expect(first).toEqual({ code: 'HTTP_429', message: 'Slow down.' });
});

test('reads a stream once, and answers as for an array', async () => {
  const stream = new Stream(records);
  expect(await aggregate(stream, questions())).toEqual(aggregate(records, questions()));
  expect(stream.read).toBe(records.length);
});

test('shows the answers so far while records are pushed', () => {
  const { push, result } = aggregating(questions());
  const failures = records.map((record) => {
    push(record);
    return result().counts.Failed;
  });
  expect(failures).toEqual([0, 1, 2]);
});

test('takes an accumulator of one’s own', () => {
  const sum = (): Accumulator<{ readonly outputs?: number }, number> => {
    let total = 0;
    return {
      push: ({ outputs = 0 }) => {
        total += outputs;
      },
      result: () => total,
    };
  };
  expect(aggregate([succeeded(2), succeeded(3)], { counts: tallying(), sum: sum() })).toMatchObject(
    {
      counts: { total: 2 },
      sum: 5,
    },
  );
});
