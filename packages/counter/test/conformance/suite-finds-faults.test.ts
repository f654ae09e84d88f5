/** The suite passes a sound driver, and finds every fault that is planted in it. */
import { join } from 'node:path';
import { runSuite, type SuiteResults } from '@runafter/testkit/suites';
import { beforeAll, describe, expect, it } from 'vitest';
import { faults } from './planted-faults.ts';

describe('the suite of the Counter port', () => {
  let results: SuiteResults;

  beforeAll(async () => {
    results = await runSuite(join(import.meta.dirname, 'planted-counters.ts'));
  }, 120_000);

  it('passes a driver without a fault, and skips nothing', () => {
    const { passed = [], failed, skipped } = results.get('Counter: no fault') ?? {};
    expect(failed).toEqual([]);
    expect(skipped).toEqual([]);
    expect(passed.length).toBeGreaterThan(100);
  });

  it.each(Object.entries(faults))('finds a counter that %s', (fault, test) => {
    const { failed = [] } = results.get(`Counter: ${fault}`) ?? {};
    expect(failed).toContainEqual(expect.stringContaining(test));
  });
});
