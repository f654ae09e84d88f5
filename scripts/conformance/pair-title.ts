/**
 * The two conventions by which a conformance suite says what it is, in words that every reporter of
 * vitest prints: the title of its tests, and the note of a test that was left out.
 * @module
 */
import type { Pair } from '../../integration-tests/conformance/pairs.ts';

/** What vitest filters files by. */
export const conformanceFiles = '.conformance.test.ts';

/** The title of a pair's tests, such as `RunStore: memoryRunStore`. */
export function titleOf({ suite, driver }: Pair): string {
  return `${suite}: ${driver}`;
}

/** @returns undefined when it is the title of something else. */
export function pairOfTitle(title: string): Pair | undefined {
  const [, suite, driver] = /^([A-Z]\w*): (\S.*)$/.exec(title) ?? [];
  return suite === undefined || driver === undefined ? undefined : { suite, driver };
}

/**
 * The capability that a test needs and its driver does not claim.
 *
 * @param note - what the test gave to `skip`.
 * @returns undefined when it was skipped for another reason.
 */
export function capabilityOfNote(note: string | undefined): string | undefined {
  return /^capability not claimed: (\S.*)$/.exec(note ?? '')?.[1];
}
