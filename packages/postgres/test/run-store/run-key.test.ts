import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromStoredKey, toStoredKey } from '../../src/run-store/run-key.ts';

/** As the collation "C" compares: the bytes of UTF-8. */
function compareStored(a: string, b: string): number {
  return Buffer.compare(Buffer.from(toStoredKey(a)), Buffer.from(toStoredKey(b)));
}

/** Any units, also halves of pairs; those around the borders more often. */
const unit = fc.oneof(
  fc.constantFrom(0, 1, 2, 0x30, 0x31, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff),
  fc.nat(0xffff),
);
const text = fc.array(unit, { maxLength: 4 }).map((units) => String.fromCharCode(...units));

describe('a stored key', () => {
  it('comes back as it was, whatever units are in it', () => {
    fc.assert(
      fc.property(text, (key) => {
        expect(fromStoredKey(toStoredKey(key))).toBe(key);
      }),
    );
  });

  it('can be kept by a server, which takes neither U+0000 nor half of a pair', () => {
    fc.assert(
      fc.property(text, (key) => {
        expect(toStoredKey(key)).not.toMatch(/[\0\p{Surrogate}]/u);
      }),
    );
  });

  it('stands where its units stand, among the bytes of all texts', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(compareStored(a, b)).toBe(a < b ? -1 : Number(a > b));
      }),
    );
  });

  it('of a number stands by its size, before all texts', () => {
    const numbers = [0, 1, 9, 10, 99, 100, 4_294_967_296, Number.MAX_SAFE_INTEGER];
    const stored = [...numbers, '', '0', 'a'].map(toStoredKey);
    expect(stored.toSorted()).toEqual(stored);
    expect(numbers.map((number) => fromStoredKey(toStoredKey(number)))).toEqual(numbers);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('of %d there is none', (key) => {
    expect(() => toStoredKey(key)).toThrow(RangeError);
  });

  it('of most texts is the text', () => {
    expect(toStoredKey('id=order-17 Größe 価格')).toBe('=id=order-17 Größe 価格');
  });
});
