import { describe, expect, it } from 'vitest';
import { type BlobLockOptions, blobLock } from '../src/index.ts';

const connectionString =
  'DefaultEndpointsProtocol=https;AccountName=account;AccountKey=c2VjcmV0;EndpointSuffix=example.com';
const source = { connectionString, container: 'jobs' };

describe('what a lock is made of', () => {
  it('has the name of its container and its prefix', () => {
    expect(blobLock(source).name).toBe('Blob locks "jobs/locks/"');
    expect(blobLock(source, { prefix: '' }).name).toBe('Blob locks "jobs/"');
  });

  it('is checked at once', () => {
    const codeOf = (given: unknown, options?: BlobLockOptions) => {
      try {
        return blobLock(given as never, options).name;
      } catch (error) {
        const { code, option } = error as { readonly code: string; readonly option: string };
        return `${code} ${option}`;
      }
    };
    expect(codeOf(undefined)).toBe('SERVICE_OPTION_INVALID connectionString');
    expect(codeOf({ connectionString })).toBe('SERVICE_OPTION_INVALID container');
    expect(codeOf(source, { prefix: `${'x'.repeat(900)}/` })).toBe('SERVICE_OPTION_INVALID prefix');
    expect(codeOf(source, { prefix: `${'#'.repeat(300)}/` })).toBe('SERVICE_OPTION_INVALID prefix');
    for (const prefix of ['a', '/', 'a//', 'a./']) {
      expect(codeOf(source, { prefix }), prefix).toBe('SERVICE_OPTION_INVALID prefix');
    }
    expect(codeOf(source, { prefix: 'a/b/' })).toBe('Blob locks "jobs/a/b/"');
    expect(codeOf(source, { timeout: 'soon' as never })).toBe('DURATION_INVALID timeout');
    expect(codeOf(source, { ttl: '14s' })).toBe('LOCK_OPTION_INVALID ttl');
    expect(codeOf(source, { ttl: 15_500 })).toBe('LOCK_OPTION_INVALID ttl');
  });
});
