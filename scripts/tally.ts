/**
 * How many tests passed, failed and were skipped, and the line that says so.
 *
 * Invariant: a runner is never believed when it contradicts itself. One that crashed, that ended
 * with an exit code other than 0 without naming a failed test, or that ran no test although it
 * should have, counts as a failed test, so that the last line cannot be green by accident.
 * @module
 */

/** The outcome of one runner, or of several together. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a runner left behind. */
export interface Ending {
  /** The runner's name, for messages. */
  readonly runner: string;
  readonly exitCode: number;
  /** What it counted; undefined when it ended before it could say. */
  readonly tally: Tally | undefined;
}

/** No test at all. */
const emptyTally: Tally = { passed: 0, failed: 0, skipped: 0 };

/** The sum over several runners. */
export function addTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    emptyTally,
  );
}

/**
 * Turns a runner's ending into a tally that can be trusted.
 *
 * @returns the tally, and in `complaint` why a failed test was added to it, if one was.
 */
export function judge({ runner, exitCode, tally }: Ending): { tally: Tally; complaint?: string } {
  if (tally === undefined) {
    return withFailure(emptyTally, `${runner} ended with exit code ${exitCode} and no result.`);
  }
  if (exitCode !== 0 && tally.failed === 0) {
    return withFailure(
      tally,
      `${runner} ended with exit code ${exitCode}, though no test failed: see above.`,
    );
  }
  if (tally.passed + tally.failed === 0) {
    return withFailure(tally, `${runner} ran no test.`);
  }
  return { tally };
}

function withFailure(tally: Tally, complaint: string): { tally: Tally; complaint: string } {
  return { tally: { ...tally, failed: tally.failed + 1 }, complaint };
}

/** The last line of `npm test`. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
