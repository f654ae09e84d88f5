/** The suites pass a sound store, and find every fault that is planted. */
import { join } from 'node:path';
import { runSuite, type SuiteResults } from '@runafter/testkit/suites';
import { beforeAll, describe, expect, it } from 'vitest';
import { documentFaults, poolFaults } from './planted-faults.ts';

describe('the suites of pools and of createOnce()', () => {
  let results: SuiteResults;

  beforeAll(async () => {
    results = await runSuite(join(import.meta.dirname, 'planted-suites.ts'));
  }, 120_000);

  it.each([
    ['Claims', 140, 5],
    ['CreateOnce', 20, 0],
  ])(
    'pass a store without a fault, and skip nothing but other processes: %s',
    (suite, least, processes) => {
      const { passed = [], failed, skipped = [] } = results.get(`${suite}: no fault`) ?? {};
      expect(failed).toEqual([]);
      expect(passed.length).toBeGreaterThan(least);
      expect(skipped).toHaveLength(processes);
    },
  );

  it.each(Object.entries(poolFaults))('find a store of pools that %s', (fault, tests) => {
    const { failed = [] } = results.get(`Claims: ${fault}`) ?? {};
    for (const test of [tests].flat()) {
      expect(failed).toContainEqual(expect.stringContaining(test));
    }
  });

  it.each(Object.entries(documentFaults))('find a store of documents that %s', (fault, test) => {
    const { failed = [] } = results.get(`CreateOnce: ${fault}`) ?? {};
    expect(failed).toContainEqual(expect.stringContaining(test));
  });
});
