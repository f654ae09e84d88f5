/**
 * `npm test`: every runner of the workspace one after the other, and one line that sums them up.
 *
 * With arguments, such as `npm test -- packages/core -t deadline`, they select tests of vitest and
 * the recipes stay out. `--help` explains them, runs nothing and counts nothing.
 * @module
 */
import { runRecipes } from './recipes/recipe-runner.ts';
import { addTallies, type Ending, judge, tallyLine } from './tally.ts';
import { runVitest } from './vitest-runner.ts';
import { runTool } from './workspace.ts';

/**
 * Runs the tests; the last line printed is `N passed, N failed, N skipped`.
 *
 * @returns the exit code: 0 when nothing failed.
 */
export async function runTests(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) return runTool('vitest', ['run', '--help']);
  const tests = await runVitest(args);
  // A signal, such as Ctrl-C, ends all of it: the exit code is then 128 and the signal's number.
  const isWhole = args.length === 0 && tests.exitCode < 128;
  const recipes = isWhole ? await runRecipes() : undefined;
  return conclude(recipes === undefined ? [tests] : [tests, recipes]);
}

/** Prints the complaints and the last line. */
export function conclude(endings: readonly Ending[]): number {
  const verdicts = endings.map(judge);
  for (const { complaint } of verdicts) {
    if (complaint !== undefined) console.log(complaint);
  }
  const total = addTallies(verdicts.map(({ tally }) => tally));
  console.log(tallyLine(total));
  return total.failed === 0 ? 0 : 1;
}
