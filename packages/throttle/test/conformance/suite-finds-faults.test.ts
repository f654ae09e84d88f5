/** The suite of limiters passes a sound one, and finds every fault that is planted. */
import { join } from 'node:path';
import { runSuite, type SuiteResults } from '@runafter/testkit/suites';
import { beforeAll, describe, expect, it } from 'vitest';
import { limiterFaults, serverFaults } from './planted-faults.ts';

describe('the suite of the Limiter port', () => {
  let results: SuiteResults;

  beforeAll(async () => {
    results = await runSuite(join(import.meta.dirname, 'planted-suites.ts'));
  }, 240_000);

  it('passes a limiter without a fault, and skips nothing', () => {
    const { passed = [], failed, skipped = [] } = results.get('Limiter: no fault') ?? {};
    expect(failed).toEqual([]);
    expect(passed.length).toBeGreaterThan(55);
    expect(skipped).toEqual([]);
  });

  it.each(Object.entries({ ...serverFaults, ...limiterFaults }))(
    'finds a limiter that %s',
    (fault, test) => {
      const { failed = [] } = results.get(`Limiter: ${fault}`) ?? {};
      expect(failed).toContainEqual(expect.stringContaining(test));
    },
  );
});
