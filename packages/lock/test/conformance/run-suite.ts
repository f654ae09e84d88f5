/** Runs a test file that is to fail, in a vitest of its own, and tells what came out. */
import { dirname } from 'node:path';
import { type Reporter, startVitest, type TestModule } from 'vitest/node';

/** The titles of the tests of one suite, by how they came out. */
export interface SuiteResult {
  readonly passed: string[];
  readonly failed: string[];
  readonly skipped: string[];
}

/** By the title of the suite. */
export type SuiteResults = ReadonlyMap<string, SuiteResult>;

const sourceCondition = '@runafter/source';

/** @param file - a test file whose outermost describes are the suites. */
export async function runSuite(file: string): Promise<SuiteResults> {
  const results = new Map<string, SuiteResult>();
  const reporter: Reporter = {
    onTestRunEnd(modules) {
      for (const module of modules) collect(module, results);
    },
  };
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
