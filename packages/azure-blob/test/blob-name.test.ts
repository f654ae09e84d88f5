import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blobNameOf, keyOfBlob, longestBlobName, namePrefixOf } from '../src/blob-name.ts';

const seed = process.env.TEST_SEED === undefined ? undefined : Number(process.env.TEST_SEED);

/** Keys made of what names cannot take, as well as any others. */
const aKey = fc.oneof(
  fc.string({ unit: fc.constantFrom('/', '.', '~', '\\', ' ', 'a', '%', '\u0000', '😀', '7') }),
  fc.string({ unit: 'binary' }),
);

function everyKey(check: (key: string, rest: string) => void): void {
  fc.assert(fc.property(aKey, aKey, check), {
    numRuns: 2_000,
    ...(seed !== undefined && { seed }),
  });
}

describe('the name of a blob', () => {
  it.each([
    ['order-17', 'order-17.json'],
    ['orders/2026/17', 'orders/2026/17.json'],
    ['a.', 'a..json'],
    ['a/', 'a/.json'],
    ['/a', '~2fa.json'],
    ['a//b', 'a/~2fb.json'],
    ['..', '...json'],
    ['../b', '..~2fb.json'],
    ['a\\b', 'a~5cb.json'],
    ['50 %', '50 %.json'],
    ['~', '~7e.json'],
    [' a ', '~20a .json'],
    ['\u0000\n', '~00~0a.json'],
    ['\ufffe', '~ufffe.json'],
    ['Straße 😀', 'Straße 😀.json'],
  ])('of %j is %j', (key, name) => {
    expect(blobNameOf(key)).toBe(name);
  });

  it('gives the key back', () => {
    everyKey((key) => {
      expect(keyOfBlob(blobNameOf(key))).toBe(key);
    });
  });

  it('begins with that of every prefix', () => {
    everyKey((key, rest) => {
      expect(blobNameOf(key + rest).startsWith(namePrefixOf(key))).toBe(true);
    });
  });

  it('has no empty segment, no segment that ends in a dot, no control character, and few segments', () => {
    everyKey((key) => {
      const segments = blobNameOf(key).split('/');
      for (const segment of segments) expect(segment).toMatch(/^[^\\\p{Cc}]*[^.\\\p{Cc}]$/u);
    });
    expect(blobNameOf('a/'.repeat(200)).split('/').length).toBeLessThan(254);
  });

  it('fits for 400 characters, unless most of them have to be escaped', () => {
    expect(blobNameOf('/'.repeat(400)).length).toBeLessThanOrEqual(longestBlobName);
    expect(blobNameOf('\\'.repeat(400)).length).toBeGreaterThan(longestBlobName);
  });
});

it('a name that no key has is no key', () => {
  for (const name of [
    'a',
    'a.txt',
    'a~.json',
    'a~41.json',
    '/a.json',
    'a~u00e9.json',
    'a\\.json',
  ]) {
    expect(keyOfBlob(name), name).toBeUndefined();
  }
});
