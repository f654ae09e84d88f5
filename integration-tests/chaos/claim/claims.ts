/**
 * The claims in a history, each with what became of it.
 * @module
 */
import type { ClaimingOp, ClaimingOperation } from './operations.ts';

type Claiming = Extract<ClaimingOp, { readonly kind: 'claim' }>;

/** Something that was handed out. */
export interface Claim {
  readonly op: Claiming;
  readonly resource: string;
  readonly token: bigint;
  /** When the holder knew of it. */
  readonly knownAt: number;
  readonly operation: ClaimingOperation;
}

/** All that was handed out, and is known to have been, in the order in which it was asked for. */
export function claimsIn(claiming: readonly ClaimingOperation[]): Claim[] {
  return claiming.flatMap((operation) => {
    const { op, outcome, returned: knownAt } = operation;
    if (op.kind !== 'claim' || outcome.status !== 'ok' || typeof outcome.value !== 'object') {
      return [];
    }
    return [{ op, ...outcome.value, knownAt, operation }];
  });
}

/**
 * What the model of pools has to explain. Nobody knows of a lease that its process was killed over before it was
 * handed over, and it ends by itself: that leaves nothing to explain. A lease that was given back in time lasted until
 * then; any other may have expired at any moment.
 */
export function claimsAndEnds(claiming: readonly ClaimingOperation[]): ClaimingOperation[] {
  const known = new Set(claimsIn(claiming).map(({ operation }) => operation));
  const isOfLease = ({ op }: ClaimingOperation) =>
    (op.kind === 'claim' || op.kind === 'release') && op.once === undefined;
  const [leases, others] = [claiming.filter(isOfLease), claiming.filter((one) => !isOfLease(one))];
  const releases = new Map(
    leases.flatMap((one) =>
      one.op.kind === 'release' && one.outcome.status === 'ok' && one.outcome.value === true
        ? [[one.op.owner, one]]
        : [],
    ),
  );
  const ends = claimsIn(leases).map(
    ({ op, resource, operation }) => releases.get(op.owner) ?? expiryOf(op, resource, operation),
  );
  return [...others, ...leases.filter((one) => known.has(one)), ...ends];
}

function expiryOf(
  { pool, owner }: Claiming,
  resource: string,
  { client, invoked }: ClaimingOperation,
): ClaimingOperation {
  const op: ClaimingOp = { kind: 'expire', pool, owner, resource };
  return { client, op, invoked, returned: Infinity, outcome: { status: 'unknown' } };
}
