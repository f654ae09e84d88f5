/**
 * The grants of locks in a history, each with what became of it.
 * @module
 */
import type { MutexResult } from '@runafter/testkit';
import type { LockOp, LockOperation } from './operations.ts';

/** A lock that was granted. */
export interface Claim {
  readonly name: string;
  readonly token: bigint;
  /** When the holder knew of it. */
  readonly knownAt: number;
  readonly acquire: LockOperation;
  /** Undefined when the holder was killed before. */
  readonly release: LockOperation | undefined;
}

/** All grants, in the order in which they were asked for. */
export function claimsIn(locks: readonly LockOperation[]): Claim[] {
  const releases = new Map(
    locks.filter(({ op }) => op.kind === 'release').map((release) => [release.op.owner, release]),
  );
  return locks.flatMap((acquire) => {
    const token = tokenOf(acquire);
    if (token === undefined) return [];
    const { op, returned: knownAt } = acquire;
    return [{ name: op.name, token, knownAt, acquire, release: releases.get(op.owner) }];
  });
}

/** How many waited for a lock when their process was killed. */
export function countKilledWaiters(locks: readonly LockOperation[]): number {
  const wasCutOff = ({ op, outcome }: LockOperation) =>
    op.kind === 'acquire' && outcome.status === 'unknown' && outcome.error === undefined;
  return locks.filter(wasCutOff).length;
}

/**
 * What the model of a lock has to explain: the grants, and how each of them ended.
 *
 * Who was granted nothing, or does not know of it, leaves nothing to explain. A grant whose holder has
 * released it in time lasts until then; any other may have expired at any moment.
 *
 * @param mayEnd - grants may also end before their release without anybody's doing.
 */
export function grantsAndEnds(claims: readonly Claim[], mayEnd: boolean): LockOperation[] {
  return claims.flatMap(({ acquire, release }) => {
    const isCertain = release?.outcome.status === 'ok' && release.outcome.value === true;
    return isCertain && !mayEnd ? [acquire, release] : [acquire, expiryOf(acquire)];
  });
}

function expiryOf({ client, op, invoked }: LockOperation): LockOperation {
  const { name, owner } = op;
  const expire: LockOp = { kind: 'expire', name, owner };
  return { client, op: expire, invoked, returned: Infinity, outcome: { status: 'unknown' } };
}

function tokenOf({ op, outcome }: LockOperation): bigint | undefined {
  const answer: MutexResult = outcome.status === 'ok' ? outcome.value : undefined;
  return op.kind === 'acquire' && typeof answer === 'bigint' ? answer : undefined;
}
