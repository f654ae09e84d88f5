/**
 * What a store has come to, and whether it is right.
 *
 * Invariant: a run of this chaos in which nothing was killed, cut or restarted, or no reply was lost, shows
 * nothing and is a failure.
 * @module
 */
import type { WorkCounts, WorkFaults } from './judge.ts';

/** What went wrong on the way, as planned. */
export interface Damage {
  readonly kills: number;
  /** How often all connections of a worker were cut. */
  readonly cuts: number;
  readonly lostReplies: number;
  /** How often Redis was killed and came back. */
  readonly restarts: number;
}

/** What came of one store. */
export interface DistributedResult extends Damage, WorkFaults, WorkCounts {
  readonly name: string;
  /** How many runs were begun. */
  readonly runs: number;
  /** How many were to be begun. */
  readonly planned: number;
  /** How many kills there had to be. */
  readonly plannedKills: number;
  /** Runs that were begun and are not in the store. */
  readonly lost: readonly string[];
  /** Runs that have not ended, although nothing has held them up for a long time. */
  readonly stuck: readonly string[];
  /** Runs that have ended otherwise than the oracle says, with what is different. */
  readonly wrongStatus: readonly string[];
  /** Keys of jobs that are there although every run has ended. */
  readonly leftInQueues: readonly string[];
  /** What else is wrong. */
  readonly complaints: readonly string[];
  readonly seconds: number;
  /** For how long no run ended at most, in seconds. */
  readonly longestPause: number;
}

/** What is wrong with a result, as sentences. */
export function faultsOf(result: DistributedResult): string[] {
  const { lost, stuck, wrongStatus, duplicateEffects, otherWork, storeFaults } = result;
  const { runs, planned, leftInQueues, complaints } = result;
  const { kills, plannedKills, cuts, lostReplies, restarts } = result;
  const faults = [
    ...some('lost', lost),
    ...some('stuck', stuck),
    ...some('ended wrongly', wrongStatus),
    ...some('effects took place twice', duplicateEffects),
    ...some('not done as it should be', otherWork),
    ...some('should not have been granted or recorded', storeFaults),
    ...some('left in the queues', leftInQueues),
    ...complaints,
    ...(runs === planned ? [] : [`${runs} of ${planned} runs were begun.`]),
    ...(kills >= plannedKills ? [] : [`${kills} workers were killed, and not ${plannedKills}.`]),
    ...(kills > 0 ? [] : ['nothing was killed, so nothing is shown.']),
    ...(cuts > 0 ? [] : ['no connection was cut, so nothing is shown.']),
    ...(lostReplies > 0 ? [] : ['no reply was lost, so nothing is shown.']),
    ...(restarts > 0 ? [] : ['Redis was not restarted, so nothing is shown.']),
  ];
  return faults.map((fault) => `${result.name}: ${fault}`);
}

/** The first few say enough. */
const shown = 8;

function some(what: string, cases: readonly string[]): string[] {
  if (cases.length === 0) return [];
  const more = cases.length > shown ? [`and ${cases.length - shown} more`] : [];
  return [`${cases.length} ${what}:\n  ${[...cases.slice(0, shown), ...more].join('\n  ')}`];
}
