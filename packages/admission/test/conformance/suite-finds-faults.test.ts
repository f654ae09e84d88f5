/** The suite passes a sound gate, and finds every fault that is planted. */
import { join } from 'node:path';
import { runSuite, type SuiteResults } from '@runafter/testkit/suites';
import { beforeAll, describe, expect, it } from 'vitest';
import { gateFaults } from './planted-faults.ts';

describe('the suite of the Gate port', () => {
  let results: SuiteResults;

  beforeAll(async () => {
    results = await runSuite(join(import.meta.dirname, 'planted-gates.ts'));
  }, 240_000);

  it('passes a gate without a fault, and skips nothing but other processes', () => {
    const { passed = [], failed, skipped = [] } = results.get('Gate: no fault') ?? {};
    expect(failed).toEqual([]);
    expect(passed.length).toBeGreaterThan(35);
    expect(skipped).toHaveLength(4);
  });

  it.each(Object.entries(gateFaults))('finds a gate that %s', (fault, test) => {
    const { failed = [] } = results.get(`Gate: ${fault}`) ?? {};
    expect(failed).toContainEqual(expect.stringContaining(test));
  });
});
