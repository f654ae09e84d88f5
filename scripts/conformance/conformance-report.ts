/**
 * What a run of the conformance suites says about each pair of suite and driver.
 *
 * Invariant: a pair is never green by accident. One that was to run and did not is missing, one that
 * nobody expected is a fault, and a test left out for any reason but a capability that its driver does
 * not claim is no pass; under CI it is a failure.
 * @module
 */
import type { Pair } from '../../integration-tests/conformance/pairs.ts';
import { titleOf } from './pair-title.ts';

/** What became of the tests of one pair. */
export interface PairOutcome extends Pair {
  readonly passed: number;
  readonly failed: number;
  /** Tests that were left out for a reason other than a capability. */
  readonly skipped: number;
  /** The capabilities that the driver does not claim, and whose tests were left out. */
  readonly notClaimed: readonly string[];
}

/** The whole matrix. */
export interface ConformanceReport {
  readonly pairs: readonly PairOutcome[];
  /** Pairs of the table of which no test ran. */
  readonly missing: readonly Pair[];
  /** What else is wrong, one line each. */
  readonly faults: readonly string[];
}

/**
 * Compares what ran with what was to run.
 *
 * @param outcomes - a pair may come in several parts, which are added up.
 * @param options.skippedFails - a test that was skipped for another reason counts as failed.
 */
export function compareWithTable(
  outcomes: readonly PairOutcome[],
  expected: readonly Pair[],
  { skippedFails }: { readonly skippedFails: boolean },
): ConformanceReport {
  const found = new Map<string, PairOutcome>();
  for (const outcome of outcomes) {
    const title = titleOf(outcome);
    found.set(title, add(found.get(title), skippedFails ? skippedAsFailed(outcome) : outcome));
  }
  const ran = [...found.values()].filter(({ passed, failed }) => passed + failed > 0);
  const titles = new Set(ran.map(titleOf));
  const known = new Set(expected.map(titleOf));
  return {
    pairs: ran.sort((a, b) => titleOf(a).localeCompare(titleOf(b), 'en')),
    missing: expected.filter((pair) => !titles.has(titleOf(pair))),
    faults: ran
      .filter((pair) => !known.has(titleOf(pair)))
      .map((pair) => `${titleOf(pair)} ran, but is not in integration-tests/conformance/pairs.ts.`),
  };
}

/** Whether everything that was to run did, and passed. */
export function isConformant({ pairs, missing, faults }: ConformanceReport): boolean {
  return missing.length === 0 && faults.length === 0 && pairs.every(({ failed }) => failed === 0);
}

/** The report as JSON, for programs. */
export function reportAsJson({ pairs, missing, faults }: ConformanceReport): string {
  const rows = pairs.map(({ suite, driver, passed, failed, notClaimed }) => ({
    suite,
    driver,
    passed,
    failed,
    notClaimed,
  }));
  return JSON.stringify({ pairs: rows, missing, ...(faults.length > 0 && { faults }) }, null, 2);
}

/** The report as a table, for people. */
export function reportAsText({ pairs, missing, faults }: ConformanceReport): string {
  const rows = [
    ['suite', 'driver', 'passed', 'failed', 'capability not claimed'],
    ...pairs.map(({ suite, driver, passed, failed, skipped, notClaimed }) => [
      suite,
      driver,
      `${passed}`,
      `${failed}`,
      [...notClaimed, ...(skipped > 0 ? [`(${skipped} skipped for another reason)`] : [])].join(
        ', ',
      ),
    ]),
    ...missing.map(({ suite, driver }) => [suite, driver, 'did not run', '', '']),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...faults].join('\n');
}

function skippedAsFailed(outcome: PairOutcome): PairOutcome {
  return { ...outcome, failed: outcome.failed + outcome.skipped, skipped: 0 };
}

function add(first: PairOutcome | undefined, second: PairOutcome): PairOutcome {
  if (first === undefined) return second;
  return {
    ...second,
    passed: first.passed + second.passed,
    failed: first.failed + second.failed,
    skipped: first.skipped + second.skipped,
    notClaimed: [...new Set([...first.notClaimed, ...second.notClaimed])].sort(),
  };
}
