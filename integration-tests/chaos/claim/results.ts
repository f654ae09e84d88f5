/**
 * What a backend has come to, and whether it is right.
 *
 * Invariant: a run without zombies, without kills, or without lost replies where replies can be lost, shows nothing
 * and is a failure.
 * @module
 */
import type { Judgement } from './judge.ts';

/** What came of one backend. */
export interface ClaimResult extends Judgement {
  readonly name: string;
  /** What is particular about it. */
  readonly note?: string | undefined;
  /** What was not free in the end and should have been, or is not there, as sentences. */
  readonly leaks: readonly string[];
  readonly kills: number;
  /** Null where nothing goes over a network. */
  readonly lostReplies: number | null;
  readonly seconds: number;
}

/** What is wrong with a result, as sentences. */
export function faultsOf(result: ClaimResult): string[] {
  const { zombies, staleWritesAccepted, believedTooLong, kills, lostReplies } = result;
  const { givenTwo, leaks, linearizable, explanation, leased, assigned } = result;
  const faults = [
    ...givenTwo,
    ...leaks,
    ...(staleWritesAccepted > 0 ? [`${staleWritesAccepted} stale writes were accepted.`] : []),
    ...(believedTooLong > 0
      ? [`${believedTooLong} writes were sent when somebody else had the resource.`]
      : []),
    ...(linearizable ? [] : [`what was seen cannot be explained.\n${explanation}`]),
    ...(leased > 0 && assigned > 0 ? [] : ['nothing was claimed, so nothing is shown.']),
    ...(zombies > 0 ? [] : ['no holder woke up too late, so nothing is shown.']),
    ...(kills > 0 ? [] : ['nothing was killed, so nothing is shown.']),
    ...(lostReplies === 0 ? ['no reply was lost, so nothing is shown.'] : []),
  ];
  return faults.map((fault) => `${result.name}: ${fault}`);
}
