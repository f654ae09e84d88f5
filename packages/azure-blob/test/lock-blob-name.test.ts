import { describe, expect, it } from 'vitest';
import { keyOfBlob, longestBlobName } from '../src/blob-name.ts';
import { lockBlobName, longestLockPrefix } from '../src/lock-blob-name.ts';

describe('the blob of a lock', () => {
  it.each([
    ['daily-report', 'locks/daily-report.lock'],
    ['tenant/17', 'locks/tenant~2f17.lock'],
    ['tenant~2f17', 'locks/tenant~7e2f17.lock'],
    ['a.', 'locks/a..lock'],
    ['..', 'locks/...lock'],
    [' a', 'locks/~20a.lock'],
    ['Straße 😀', 'locks/Straße 😀.lock'],
  ])('of %j is %j', (name, blobName) => {
    expect(lockBlobName('locks/', name)).toBe(blobName);
  });

  it('is no document', () => {
    for (const name of ['a', 'a.json', 'a/', '~']) {
      expect(keyOfBlob(lockBlobName('locks/', name))).toBeUndefined();
    }
  });

  it('has a hash where the name would be too long, which no other name has', () => {
    const prefix = 'p'.repeat(longestLockPrefix);
    const names = ['\uffff'.repeat(200), `${'\uffff'.repeat(199)}\ufffe`].map((name) =>
      lockBlobName(prefix, name),
    );
    expect(new Set(names).size).toBe(2);
    for (const name of names) {
      expect(name.length).toBeLessThanOrEqual(longestBlobName);
      const [, hash = ''] = /(~sha256-[0-9a-f]{64})\.lock$/.exec(name) ?? [];
      expect(lockBlobName(prefix, hash)).not.toBe(name);
    }
  });
});
