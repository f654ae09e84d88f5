/**
 * What a history of pools and guarded documents shows: who had what at the same time, who wrote too late, and
 * whether it can be explained.
 * @module
 */
import { checkHistory, fencedRegisterModel, type Operation, poolModel } from '@runafter/testkit';
import { lateWrites } from '../lock/late-writes.ts';
import { type Write, writesIn } from '../lock/operations.ts';
import { type Claim, claimsAndEnds, claimsIn } from './claims.ts';
import { type ChaosOp, type ChaosResult, separate } from './operations.ts';
import { documentKey, resources } from './task.ts';

/** What was seen. */
export interface Judgement {
  /** How often something was leased, and to how many operations something was assigned. */
  readonly leased: number;
  readonly assigned: number;
  /** Operations that were given two resources. */
  readonly givenTwo: readonly string[];
  /** Holders that wrote after a write with a greater token had been accepted. */
  readonly zombies: number;
  /** Of these writes, those that were accepted as well. */
  readonly staleWritesAccepted: number;
  /** Writes of holders that believed in their lease after somebody else had been given the resource. */
  readonly believedTooLong: number;
  /** Whether pools and documents could have been seen so by one client after the other. */
  readonly linearizable: boolean;
  /** Why not; empty when it is. */
  readonly explanation: string;
}

export function judge(operations: readonly Operation<ChaosOp, ChaosResult>[]): Judgement {
  const { claiming, documents } = separate(operations);
  const claims = claimsIn(claiming);
  const [assigned, leased] = [
    claims.filter(({ op }) => op.once === true),
    claims.filter(({ op }) => op.once === undefined),
  ];
  const writes = writesIn(documents);
  const late = lateWrites(writes);
  const verdicts = [
    checkHistory(claimsAndEnds(claiming), poolModel(resources)),
    checkHistory(documents, fencedRegisterModel<string | undefined>()),
  ];
  const wrong = verdicts.filter((verdict) => verdict.linearizable !== true);
  return {
    leased: leased.length,
    assigned: Map.groupBy(assigned, ({ op }) => op.owner).size,
    givenTwo: givenTwoIn(assigned),
    zombies: new Set(late.filter(({ by }) => by === 'zombie').map(({ owner }) => owner)).size,
    staleWritesAccepted: late.filter(({ answer }) => answer === 'accepted').length,
    believedTooLong: writesInVain(writes, claims).length,
    linearizable: wrong.length === 0,
    explanation: wrong.map(({ explanation }) => explanation).join('\n\n'),
  };
}

function givenTwoIn(assigned: readonly Claim[]): string[] {
  return [...Map.groupBy(assigned, ({ op }) => op.owner)].flatMap(([once, claims]) => {
    const given = new Set(claims.map(({ resource }) => resource));
    return given.size > 1 ? [`"${once}" was given ${[...given].join(' and ')}.`] : [];
  });
}

/** Writes that a holder has sent after somebody else knew to have the resource. */
function writesInVain(writes: readonly Write[], claims: readonly Claim[]): Write[] {
  const byKey = Map.groupBy(claims, ({ op, resource }) => documentKey(op.pool, resource));
  return writes.filter(
    ({ by, answer, key, token, invoked }) =>
      by === 'holder' &&
      answer !== 'not done' &&
      byKey.get(key)?.some((claim) => claim.token > token && claim.knownAt < invoked),
  );
}
