/**
 * A vitest reporter that writes what became of each pair of suite and driver to the file named by
 * RUNAFTER_CONFORMANCE.
 *
 * Invariant: every test of a pair is counted once, as passed, failed, not claimed or skipped; whatever
 * goes wrong outside of a test counts as failed. Read next: conformance-report.ts.
 * @module
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node';
import type { PairOutcome } from './conformance-report.ts';
import { capabilityOfNote, pairOfTitle } from './pair-title.ts';

/** The environment variable that names the file. */
export const outcomesVariable = 'RUNAFTER_CONFORMANCE';

/** What the file holds. */
export interface Outcomes {
  readonly pairs: readonly PairOutcome[];
  /** What went wrong outside of every pair, one line each. */
  readonly faults: readonly string[];
  /** Why a file has no pairs, for instance because a service is not to be had. */
  readonly reasons: readonly string[];
}

export default class ConformanceReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const file = process.env[outcomesVariable];
    if (file === undefined) {
      throw new Error(`${outcomesVariable} must name the file to which the outcomes are written.`);
    }
    writeFileSync(file, JSON.stringify(outcomesOf(modules, unhandledErrors)));
  }
}

function outcomesOf(
  modules: readonly TestModule[],
  unhandledErrors: readonly SerializedError[],
): Outcomes {
  const outcomes: PairOutcome[] = [];
  const faults = unhandledErrors.map(({ message }) => message);
  const reasons: string[] = [];
  for (const module of modules) {
    for (const { message } of module.errors())
      faults.push(`${module.relativeModuleId}: ${message}`);
    for (const suite of module.children.allSuites()) {
      const pair = pairOfTitle(suite.name);
      if (pair !== undefined) outcomes.push({ ...pair, ...count(suite) });
    }
    for (const test of module.children.tests()) {
      const result = test.result();
      if (result.state === 'skipped' && result.note !== undefined) reasons.push(result.note);
    }
  }
  return { pairs: outcomes, faults, reasons };
}

function count(suite: TestSuite): Omit<PairOutcome, 'suite' | 'driver'> {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  const notClaimed = new Set<string>();
  for (const test of suite.children.allTests()) {
    const capability = capabilityThatStops(test);
    const { state } = test.result();
    if (capability !== undefined) notClaimed.add(capability);
    // A test still pending at the end of a run was never reached.
    else tally[state === 'pending' ? 'failed' : state] += 1;
  }
  for (const part of [suite, ...suite.children.allSuites()]) tally.failed += part.errors().length;
  return { ...tally, notClaimed: [...notClaimed].sort() };
}

function capabilityThatStops(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === 'skipped' ? capabilityOfNote(result.note) : undefined;
}
