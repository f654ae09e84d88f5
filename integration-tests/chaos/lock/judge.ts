/**
 * What a history of locks and guarded documents shows: who wrote too late, and whether it can be explained.
 *
 * Invariant: a zombie is counted by what was recorded, not by what was planned. It is a holder that was told
 * of its loss, and that wrote after a write with a greater token had been accepted.
 * @module
 */
import { checkHistory, fencedRegisterModel, mutexModel, type Operation } from '@runafter/testkit';
import { type Claim, claimsIn, countKilledWaiters, grantsAndEnds } from './claims.ts';
import { lateWrites } from './late-writes.ts';
import { type ChaosOp, type ChaosResult, separate, type Write, writesIn } from './operations.ts';

/** What was seen. */
export interface Judgement {
  readonly zombies: number;
  /** Writes with a smaller token than one that had been accepted before, and accepted as well. */
  readonly staleWritesAccepted: number;
  /** Whether locks and documents could have been seen so by one client after the other. */
  readonly linearizable: boolean;
  /** Why not; empty when it is. */
  readonly explanation: string;
  /** How often a lock was granted. */
  readonly acquired: number;
  /** Holders whose write was not sent, as their lease said that it was lost. */
  readonly refusedByHolder: number;
  /** Writes of zombies that the store has refused. */
  readonly refusedByStore: number;
  /** Writes of holders that believed in their lease after somebody else had been granted the lock. */
  readonly believedTooLong: number;
  /** Leases whose process was killed while it held them. */
  readonly killedHolders: number;
  /** Waits for a lock that ended with their process. */
  readonly killedWaiters: number;
}

/** @param endsWithConnection - grants may end at any moment, by the loss of a connection. */
export function judge(
  operations: readonly Operation<ChaosOp, ChaosResult>[],
  endsWithConnection = false,
): Judgement {
  const { locks, documents } = separate(operations);
  const claims = claimsIn(locks);
  const writes = writesIn(documents);
  const late = lateWrites(writes);
  const lateZombies = late.filter(({ by }) => by === 'zombie');
  const verdicts = [
    checkHistory(grantsAndEnds(claims, endsWithConnection), mutexModel()),
    checkHistory(documents, fencedRegisterModel<string | undefined>()),
  ];
  const wrong = verdicts.filter((verdict) => verdict.linearizable !== true);
  return {
    zombies: countOwners(lateZombies),
    staleWritesAccepted: late.filter(({ answer }) => answer === 'accepted').length,
    linearizable: wrong.length === 0,
    explanation: wrong.map(({ explanation }) => explanation).join('\n\n'),
    acquired: claims.length,
    // Only who was told of its loss writes as a zombie.
    refusedByHolder: countOwners(writes.filter(({ by }) => by === 'zombie')),
    refusedByStore: late.filter(({ by, answer }) => by !== 'holder' && answer === 'refused').length,
    believedTooLong: writesInVain(writes, claims).length,
    killedHolders: claims.filter(({ release }) => release === undefined).length,
    killedWaiters: countKilledWaiters(locks),
  };
}

/** Writes that a holder has sent after somebody else knew to have the lock. */
function writesInVain(writes: readonly Write[], claims: readonly Claim[]): Write[] {
  const byName = Map.groupBy(claims, ({ name }) => name);
  return writes.filter(
    ({ by, answer, key, token, invoked }) =>
      by === 'holder' &&
      answer !== 'not done' &&
      byName.get(key)?.some((claim) => claim.token > token && claim.knownAt < invoked),
  );
}

function countOwners(writes: readonly Write[]): number {
  return new Set(writes.map(({ owner }) => owner)).size;
}
