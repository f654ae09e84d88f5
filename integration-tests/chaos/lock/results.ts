/**
 * What a backend has come to, and whether it is right.
 *
 * Invariant: a run with fewer zombies than there were to be, without kills, or without lost replies where
 * replies can be lost, shows nothing and is a failure.
 * @module
 */
import type { Judgement } from './judge.ts';

/** What came of one backend. */
export interface LockResult extends Judgement {
  readonly name: string;
  /** What is particular about it. */
  readonly note?: string | undefined;
  readonly endsWithConnection: boolean;
  /** How many zombies there were to be. */
  readonly planned: number;
  readonly kills: number;
  /** Null where nothing goes over a network. */
  readonly lostReplies: number | null;
  readonly seconds: number;
}

/** What is wrong with a result, as sentences. */
export function faultsOf(result: LockResult): string[] {
  const { zombies, planned, staleWritesAccepted, believedTooLong, endsWithConnection } = result;
  const { linearizable, explanation, kills, lostReplies } = result;
  // Where a lock ends with its connection, its holder learns of that a moment after the others.
  const isTooLong = believedTooLong > 0 && !endsWithConnection;
  const faults = [
    ...(staleWritesAccepted > 0 ? [`${staleWritesAccepted} stale writes were accepted.`] : []),
    ...(isTooLong ? [`${believedTooLong} writes were sent when the lock had passed on.`] : []),
    ...(linearizable ? [] : [`what was seen cannot be explained.\n${explanation}`]),
    ...(zombies < planned
      ? [`there were ${zombies} zombies, and there were to be ${planned}.`]
      : []),
    ...(kills > 0 ? [] : ['nothing was killed, so nothing is shown.']),
    ...(lostReplies === 0 ? ['no reply was lost, so nothing is shown.'] : []),
  ];
  return faults.map((fault) => `${result.name}: ${fault}`);
}
