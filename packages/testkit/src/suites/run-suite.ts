/**
 * Runs a test file in a vitest of its own and tells what came out: for tests of a suite, which has to fail where a
 * driver is broken.
 *
 * TypeScript sources run as they are, with the condition `@runafter/source`.
 * @module
 */
import { dirname } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

/** The titles of the tests of one suite, by how they came out. */
export interface SuiteResult {
  readonly passed: string[];
  readonly failed: string[];
  readonly skipped: string[];
}

/** By the title of the suite. */
export type SuiteResults = ReadonlyMap<string, SuiteResult>;

const sourceCondition = '@runafter/source';

/**
 * Runs the suites of a file, and prints nothing.
 *
 * @param file - the path of a test file whose outermost describes are the suites.
 * @returns how their tests came out, by the title of the suite.
 * @throws {Error} what the file throws itself, such as a failed import.
 * @example
 * const results = await runSuite(fileURLToPath(new URL('./broken-drivers.ts', import.meta.url)));
 * expect(results.get('Lock: forgets its tokens')?.failed).not.toEqual([]);
 */
export async function runSuite(file: string): Promise<SuiteResults> {
  const results = new Map<string, SuiteResult>();
  const reporter: Reporter = {
    onTestRunEnd(modules) {
      for (const module of modules) collect(module, results);
    },
  };
  // Only who calls this needs it.
  const { startVitest } = await import('vitest/node');
  const vitest = await startVitest(
    'test',
    [],
    {
      config: false,
      root: dirname(file),
      include: [file],
      execArgv: [`--conditions=${sourceCondition}`],
      reporters: [reporter],
      testTimeout: 30_000,
      watch: false,
    },
    {
      resolve: { conditions: [sourceCondition] },
      ssr: { resolve: { conditions: [sourceCondition], externalConditions: [sourceCondition] } },
    },
  );
  await vitest.close();
  return results;
}

function collect(module: TestModule, results: Map<string, SuiteResult>): void {
  for (const suite of module.children.suites()) {
    const result: SuiteResult = { passed: [], failed: [], skipped: [] };
    for (const test of suite.children.allTests()) {
      const { state } = test.result();
      if (state !== 'pending') result[state].push(test.fullName);
    }
    results.set(suite.name, result);
  }
  const [error] = module.errors();
  if (error !== undefined) throw new Error(error.message, { cause: error });
}
