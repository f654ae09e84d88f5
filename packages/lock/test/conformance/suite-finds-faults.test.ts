/** The suites pass a sound driver, and find every fault that is planted. */
import { join } from 'node:path';
import { runSuite, type SuiteResults } from '@runafter/testkit/suites';
import { beforeAll, describe, expect, it } from 'vitest';
import { driverFaults, lockFaults, semaphoreFaults } from './planted-faults.ts';

describe('the suites of the Lock and the Semaphore port', () => {
  let results: SuiteResults;

  beforeAll(async () => {
    results = await runSuite(join(import.meta.dirname, 'planted-suites.ts'));
  }, 240_000);

  it.each([
    ['Lock', ['processes'], 90],
    ['Semaphore', [], 25],
  ] as const)(
    'pass a %s without a fault, and skip nothing but other processes',
    (suite, notClaimed, least) => {
      const { passed = [], failed, skipped = [] } = results.get(`${suite}: no fault`) ?? {};
      expect(failed).toEqual([]);
      expect(passed.length).toBeGreaterThan(least);
      expect(skipped).toHaveLength(notClaimed.length === 0 ? 0 : 6);
    },
  );

  it.each(Object.entries({ ...driverFaults, ...lockFaults }))(
    'find a lock that %s',
    (fault, test) => {
      const { failed = [] } = results.get(`Lock: ${fault}`) ?? {};
      expect(failed).toContainEqual(expect.stringContaining(test));
    },
  );

  it.each(Object.entries(semaphoreFaults))('find a semaphore that %s', (fault, test) => {
    const { failed = [] } = results.get(`Semaphore: ${fault}`) ?? {};
    expect(failed).toContainEqual(expect.stringContaining(test));
  });
});
