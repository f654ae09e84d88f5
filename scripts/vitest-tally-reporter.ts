/**
 * A vitest reporter that writes the run's tally to the file named by RUNAFTER_TALLY.
 *
 * It also counts what vitest leaves out of its number of failed tests: a file that could not be
 * loaded, a suite whose hook threw, and an error that no test caught.
 * @module
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import type { Tally } from './tally.ts';

/** The environment variable that names the file. */
export const tallyVariable = 'RUNAFTER_TALLY';

export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const file = process.env[tallyVariable];
    if (file === undefined) {
      throw new Error(`${tallyVariable} must name the file to which the tally is written.`);
    }
    writeFileSync(file, JSON.stringify(count(modules, unhandledErrors)));
  }
}

function count(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): Tally {
  const tally = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      // A test still pending at the end of a run was never reached.
      tally[state === 'pending' ? 'failed' : state] += 1;
    }
    for (const suite of [module, ...module.children.allSuites()]) {
      if (suite.errors().length > 0) tally.failed += 1;
    }
  }
  return tally;
}
