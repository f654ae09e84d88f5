/**
 * What processes do with pools and with what a resource guards, as it is recorded: in the words of testkit's models.
 *
 * A pool's operations name it by `pool` and a document's by `key`, so one journal can hold both.
 * @module
 */
import type { FencedRegisterResult, Operation, PoolOp, PoolResult } from '@runafter/testkit';
import type { GuardedOp, GuardedOperation } from '../lock/operations.ts';

/** An operation on a pool. The `owner` of a lease is one turn of one process; of all else, the operation's id. */
export type ClaimingOp = PoolOp & { readonly pool: string };

export type ChaosOp = ClaimingOp | GuardedOp;
export type ChaosResult = PoolResult | FencedRegisterResult<string | undefined>;

export type ClaimingOperation = Operation<ClaimingOp, PoolResult>;

/** Both kinds apart. */
export function separate(operations: readonly Operation<ChaosOp, ChaosResult>[]) {
  return {
    claiming: operations.filter(({ op }) => 'pool' in op) as ClaimingOperation[],
    documents: operations.filter(({ op }) => 'key' in op) as GuardedOperation[],
  };
}
