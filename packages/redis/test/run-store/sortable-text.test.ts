/** Texts that Redis sorts by their bytes as JavaScript sorts what they stand for. */
import { describe, expect, it } from 'vitest';
import {
  aboveSortableNumber,
  fromSortableKey,
  toSortableKey,
  toSortableNumber,
} from '../../src/run-store/sortable-text.ts';

const units = ['\0', '\u0001', '\u0002', ' ', 'a', '~', '\u007f', 'é', '\uD7FE', '\uD7FF'];
const high = ['\uD800', '\uDBFF', '\uDC00', '\uDFFF', '\uE000', '\uFFFD', '\uFFFF', '\u{1F600}'];
const parts = [...units, ...high];
const texts = ['', ...parts, ...parts.flatMap((a) => parts.map((b) => a + b)), 'id=17', 'id=2'];
const numbers = [0, 1, 9, 10, 99, 100, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];

describe('a key', () => {
  it('comes back from its sortable text, whatever is in it', () => {
    const keys = [...texts, ...numbers, '0', '10', '1e3', '\0'.repeat(9), '\uFFFF'.repeat(9)];
    expect(keys.map((key) => fromSortableKey(toSortableKey(key)))).toEqual(keys);
  });

  it('has none of U+0000 and of surrogates in its sortable text', () => {
    for (const text of texts) {
      const sortable = toSortableKey(text);
      expect(sortable).not.toMatch(/[\0\uD800-\uDFFF]/);
    }
  });

  it('sorts by bytes as the port says: numbers by their size, then texts by their UTF-16 units', () => {
    const sorted = [...numbers, ...[...new Set(texts)].sort()];
    const byBytes = [...sorted]
      .reverse()
      .map((key) => ({ key, bytes: Buffer.from(`${toSortableKey(key)}\0`) }))
      .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
      .map(({ key }) => key);
    expect(byBytes).toEqual(sorted);
  });
});

it('numbers of any kind sort by their size, and there is room above each', () => {
  const { MAX_VALUE, MIN_VALUE } = Number;
  const positive = [MIN_VALUE, 0.5, 1, 1.5, 2, 1e12, 1_764_000_000_000, 2 ** 53, MAX_VALUE];
  const sorted = [...positive.map((number) => -number).reverse(), 0, ...positive];
  const sortable = sorted.map(toSortableNumber);
  expect([...sortable].reverse().sort()).toEqual(sortable);
  expect(new Set(sortable.map(({ length }) => length))).toEqual(new Set([16]));
  expect(toSortableNumber(-0)).toBe(toSortableNumber(0));
  for (const [n, number] of sorted.entries()) {
    const above = aboveSortableNumber(number);
    expect(above > `${sortable[n]}\uFFFF`).toBe(true);
    expect(above <= (sortable[n + 1] ?? '~')).toBe(true);
  }
});
