/**
 * Operations as the owners of what they were assigned, and what a claim must say.
 *
 * Owners of both modes stand in one column of a store, told apart by how they begin.
 * @module
 */
import { isName, toStoredName } from '@runafter/lock/leasing';
import { PoolOptionError } from './claim-errors.ts';

const operation = 'once ';

/** The owner that a store gets for an operation: a long id as its beginning and its hash. */
export function toOwner(once: string): string {
  return toStoredName(operation + once);
}

/** What an owner is: an operation, by the id that it was given (or its beginning and hash), or a lease. */
export function operationOf(owner: string): { mode: 'assign' | 'lease'; by: string } {
  if (!owner.startsWith(operation)) return { mode: 'lease', by: owner };
  return { mode: 'assign', by: owner.slice(operation.length) };
}

/** @throws {PoolOptionError} `POOL_OPTION_INVALID` */
export function assertOnce(pool: string, once: unknown): asserts once is string {
  if (isName(once)) return;
  const fix = `is ${JSON.stringify(once)}. Pass the id of the operation, such as an action's idempotencyKey.`;
  throw new PoolOptionError(pool, 'once', fix);
}

/**
 * Else its leases were taken for what operations have.
 *
 * @throws {PoolOptionError} `POOL_OPTION_INVALID`
 */
export function assertHolder(pool: string, holder: string | undefined): void {
  if (typeof holder !== 'string' || !holder.startsWith(operation)) return;
  const fix = `begins with "${operation}", as what operations have does. Pass another name.`;
  throw new PoolOptionError(pool, 'holder', fix);
}

/** @throws {PoolOptionError} `POOL_OPTION_INVALID` */
export function assertClaimOptions(
  pool: string,
  options: { readonly mode: string; readonly once?: unknown; readonly ttl?: unknown },
): void {
  const { mode, once, ttl } = options;
  if (mode === 'assign') {
    assertOnce(pool, once);
    if (ttl === undefined) return;
    throw new PoolOptionError(
      pool,
      'ttl',
      'is for leases: what is assigned lasts until its release.',
    );
  }
  if (mode !== 'lease') {
    const fix = `is ${JSON.stringify(mode)}. Pass 'assign' (until it is released) or 'lease' (until its holder dies).`;
    throw new PoolOptionError(pool, 'mode', fix);
  }
  if (once === undefined) return;
  const fix = 'is for what is assigned: a lease ends with its holder, who knows it.';
  throw new PoolOptionError(pool, 'once', fix);
}
