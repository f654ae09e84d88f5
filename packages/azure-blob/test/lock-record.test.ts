import { expect, it } from 'vitest';
import { holderOf, metadataOfLock, ownerOf, readLockMetadata } from '../src/lock-record.ts';

it('a record comes back from headers, whatever the owner is called', () => {
  for (const owner of ['web-1:4711', ' büro  1 ', '100 %', '%20', '\r\n\u0000', '😀']) {
    const record = { token: 2n ** 64n, owner: ownerOf(owner) };
    const metadata = metadataOfLock(record);
    for (const value of Object.values(metadata)) expect(value).toMatch(/^[\x21-\x7e]+$/);
    expect(readLockMetadata(metadata)).toEqual(record);
    expect(holderOf(record)).toBe(owner);
  }
});

it('an owner that a person has written badly is nobody', () => {
  expect(holderOf({ token: 1n, owner: undefined })).toBeUndefined();
  expect(holderOf({ token: 1n, owner: '100 %' })).toBeUndefined();
});

it('a token that is missing or no number is none at all: what was counted before is not known', () => {
  expect(readLockMetadata()).toBeUndefined();
  expect(readLockMetadata({ note: 'rewritten' })).toBeUndefined();
  for (const token of ['', 'seven', '-1', '1.5', '1e3', '0x1']) {
    expect(readLockMetadata({ token })).toBeUndefined();
  }
});
