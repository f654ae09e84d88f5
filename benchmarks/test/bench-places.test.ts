/** Works need services; what happens where there are none. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openPlaces, placeIn } from '../src/harness/bench-places.ts';
import { runBench } from '../src/harness/run-bench.ts';
import type { Bench } from '../src/harness/work.ts';

const progress = { show() {}, clear() {} };
const effort = { rounds: 1, warmUp: 0, roundTime: 1 };

const onSqlServer: Bench = {
  title: 'on a service that is not to be had',
  packages: [],
  works: [
    { kind: 'probe', name: 'a query', unit: 'ms', needs: 'mssql', ours: async () => 1, peers: {} },
  ],
};

beforeEach(() => {
  // No server for T-SQL: containers are the only choice, and there is no such image.
  vi.stubEnv('TEST_CONTAINERS', '1');
  vi.stubEnv('TEST_MSSQL_IMAGE', 'runafter.invalid/no-such-image');
  vi.stubEnv('CI', undefined);
  vi.stubEnv('TEST_SERVICES', undefined);
});
afterEach(() => vi.unstubAllEnvs());

test('works whose service is not to be had are left out, with lines that say why and which', async () => {
  const lines: string[] = [];
  const options = { effort, progress, say: (line: string) => lines.push(line) };
  expect(await runBench('state', onSqlServer, options)).toEqual([]);
  expect(lines).toEqual([
    expect.stringMatching(/^SQL Server: none, since TEST_CONTAINERS is set/),
    'Left out: a query.',
  ]);
});

test.each(['CI', 'TEST_SERVICES'])('with %s set, that is a failure', async (variable) => {
  vi.stubEnv(variable, 'true');
  const run = runBench('state', onSqlServer, { effort, progress });
  await expect(run).rejects.toThrow(/^SQL Server: none/);
});

test('a work that does not say what it needs is told so', async () => {
  await using _places = await openPlaces([], () => {});
  expect(() => placeIn('redis')).toThrow('A work that uses redis must say that it needs it.');
});
