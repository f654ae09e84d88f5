import { expect, it } from 'vitest';
import { LockRecordMemory } from '../src/lock-record-memory.ts';

const record = (token: number) => ({ token: BigInt(token), owner: 'owner' });

it('what is remembered is true of its ETag alone', () => {
  const memory = new LockRecordMemory();
  memory.remember('a.lock', '"1"', record(1));
  expect(memory.recall('a.lock', '"1"')).toEqual(record(1));
  expect(memory.recall('a.lock', '"2"')).toBeUndefined();
  expect(memory.recall('b.lock', '"1"')).toBeUndefined();
  memory.remember('a.lock', '"2"', record(2));
  expect(memory.recall('a.lock', '"1"')).toBeUndefined();
});

it('only so many locks are remembered, and those used last', () => {
  const memory = new LockRecordMemory(2);
  for (const name of ['a', 'b', 'a', 'c']) memory.remember(name, '"1"', record(1));
  expect(['a', 'b', 'c'].map((name) => memory.recall(name, '"1"') !== undefined)).toEqual([
    true,
    false,
    true,
  ]);
});
