import { expect, test } from 'vitest';
import { filter, firstError, groupErrorsByCode, tally } from '../src/index.ts';
import { failed, Stream, succeeded } from './arbitrary-records.ts';

test('firstError reads a stream only as far as the first error, and closes it', async () => {
  const stream = new Stream([succeeded(1), failed('HTTP_500'), failed('HTTP_429')]);
  expect(await firstError(stream)).toMatchObject({ code: 'HTTP_500' });
  expect(stream).toMatchObject({ read: 2, closed: true });
});

test('firstError reads an iterator only as far as the first error, and closes it', () => {
  let closed = false;
  function* endless() {
    try {
      for (;;) yield failed('HTTP_500');
    } finally {
      closed = true;
    }
  }
  expect(firstError(endless())).toMatchObject({ code: 'HTTP_500' });
  expect(closed).toBe(true);
});

test('filter reads a stream as it is read itself, so an endless one goes through', async () => {
  const stream = new Stream([succeeded(1), failed('A'), succeeded(2), failed('B'), failed('C')]);
  for await (const { error } of filter(stream, 'Failed')) if (error.code === 'B') break;
  expect(stream).toMatchObject({ read: 4, closed: true });
});

test('a filtered stream can be counted in turn', async () => {
  const stream = new Stream([succeeded(1), failed('A'), failed('B')]);
  expect(await tally(filter(stream, 'Failed'))).toMatchObject({ total: 2, Failed: 2 });
});

test('a stream that breaks rejects with its own error', async () => {
  const broken = new Error('connection lost');
  async function* breaking() {
    yield succeeded(1);
    throw broken;
  }
  await expect(tally(breaking())).rejects.toBe(broken);
});

test('a stream with a value that is no record is refused and closed', async () => {
  const stream = new Stream([succeeded(1), { status: 'done' } as never, succeeded(2)]);
  await expect(tally(stream)).rejects.toMatchObject({ code: 'RECORDS_INVALID', index: 1 });
  expect(stream.closed).toBe(true);
});

test('a million failures leave a bounded number of examples', () => {
  function* failures() {
    for (let i = 0; i < 1_000_000; i++) yield failed(`HTTP_${500 + (i % 4)}`);
  }
  const groups = groupErrorsByCode(failures());
  expect([...groups.values()].map(({ count, examples }) => [count, examples.length])).toEqual(
    Array(4).fill([250_000, 3]),
  );
});
