import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countIds, emptyShard, hashOf, holdsId, shardOf, withId } from '../src/shard-document.ts';

const time = { now: 0, keptFor: 16_000 };

describe('the operation ids of a shard', () => {
  it('are found where they begin, and nowhere in between', () => {
    const shard = { n: '0', ids: { 0: [`${'a'.repeat(8)}${'b'.repeat(8)}${'c'.repeat(16)}`] } };
    expect(holdsId(shard, 'c'.repeat(16))).toBe(true);
    expect(holdsId(shard, `${'b'.repeat(8)}${'c'.repeat(8)}`)).toBe(false);
    const straddled = `${'b'.repeat(8)}${'c'.repeat(8)}`;
    const both = { n: '0', ids: { 0: [...shard.ids[0], straddled] } };
    expect(holdsId(both, straddled)).toBe(true);
  });

  it('are those that were added, and no others', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 40 }), fc.string(), (ids, other) => {
        const shard = ids.reduce(
          (held, id, at) => withId(held, hashOf(id), { ...time, now: at * 300 }),
          emptyShard,
        );
        expect(countIds(shard)).toBe(ids.length);
        for (const id of ids) expect(holdsId(shard, hashOf(id))).toBe(true);
        expect(holdsId(shard, hashOf(other))).toBe(ids.includes(other));
      }),
      { numRuns: 50 },
    );
  });

  it('are found and counted on every page', () => {
    let shard = emptyShard;
    for (let n = 0; n < 1_000; n++) shard = withId(shard, hashOf(`${n}`), time);
    expect(countIds(shard)).toBe(1_000);
    expect(Object.values(shard.ids ?? {}).flat().length).toBe(4);
    for (const n of [0, 255, 256, 511, 512, 999]) expect(holdsId(shard, hashOf(`${n}`))).toBe(true);
    expect(holdsId(shard, hashOf('1000'))).toBe(false);
  });

  it('are kept as 16 characters, whatever they are', () => {
    for (const id of ['', 'a', 'x'.repeat(200), '😀']) expect(hashOf(id)).toMatch(/^[\w-]{16}$/);
  });
});

describe('shardOf', () => {
  it('spreads keys evenly over any number of shards', () => {
    for (const shards of [1, 2, 5, 16]) {
      const counts = Array<number>(shards).fill(0);
      for (let n = 0; n < 8_000; n++) {
        const shard = shardOf(`order ${n}`, shards);
        counts[shard] = (counts[shard] ?? 0) + 1;
      }
      const even = 8_000 / shards;
      // Five times the standard deviation.
      for (const count of counts)
        expect(Math.abs(count - even)).toBeLessThan(5 * Math.sqrt(even) + 1);
    }
  });
});
