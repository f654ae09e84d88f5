/** The suite passes a sound driver, and finds every fault that is planted in it. */
import { join } from 'node:path';
import { runSuite, type SuiteResults } from '@runafter/testkit/suites';
import { beforeAll, describe, expect, it } from 'vitest';
import { driverFaults, storeFaults } from './planted-faults.ts';

const planted = { ...driverFaults, ...storeFaults };

describe('the suite of the DocumentStore port', () => {
  let results: SuiteResults;

  beforeAll(async () => {
    results = await runSuite(join(import.meta.dirname, 'planted-document-stores.ts'));
  }, 120_000);

  it('passes a driver without a fault, and skips nothing', () => {
    const { passed = [], failed, skipped } = results.get('DocumentStore: no fault') ?? {};
    expect(failed).toEqual([]);
    expect(skipped).toEqual([]);
    expect(passed.length).toBeGreaterThan(150);
  });

  it.each(['a driver that keeps no facts', 'a driver that only reads and replaces'])(
    'passes %s, and skips the rest',
    (driver) => {
      const { passed = [], failed, skipped = [] } = results.get(`DocumentStore: ${driver}`) ?? {};
      expect(failed).toEqual([]);
      expect(skipped.length).toBeGreaterThan(30);
      expect(passed.length).toBeGreaterThan(30);
    },
  );

  it.each(Object.entries(planted))('finds a store that %s', (fault, test) => {
    const { failed = [] } = results.get(`DocumentStore: ${fault}`) ?? {};
    expect(failed).toContainEqual(expect.stringContaining(test));
  });
});
