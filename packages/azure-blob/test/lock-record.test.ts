import { expect, it } from 'vitest';
import { metadataOfLock, ownerOf, readLockMetadata } from '../src/lock-record.ts';

it('a record comes back from headers, whatever the owner is called', () => {
  for (const owner of ['web-1:4711', ' büro  1 ', '100 %', '%20', '\r\n\u0000', '😀']) {
    const record = { token: 2n ** 64n, owner: ownerOf(owner) };
    const metadata = metadataOfLock(record);
    for (const value of Object.values(metadata)) expect(value).toMatch(/^[\x21-\x7e]+$/);
    expect(readLockMetadata(metadata)).toEqual(record);
    expect(decodeURI(record.owner)).toBe(owner);
  }
});

it('a blob without a token has given none', () => {
  expect(readLockMetadata()).toEqual({ token: 0n, owner: undefined });
  expect(readLockMetadata({ note: 'made by hand' })).toEqual({ token: 0n, owner: undefined });
});

it('a token that is no number is none at all', () => {
  for (const token of ['', 'seven', '-1', '1.5', '1e3', '0x1']) {
    expect(readLockMetadata({ token })).toBeUndefined();
  }
});
