/**
 * How pools and their owners are named in the tables.
 * @module
 */
import type { ClaimantRequest } from '@runafter/claim';
import { toStoredKey } from '../stored-key.ts';
import { toStoredText } from '../stored-text.ts';

/** Which pool. */
export interface PoolPlace {
  readonly prefix: string;
  readonly pool: string;
}

/** Who wants, or has, something of it. */
export interface Claimant extends PoolPlace, ClaimantRequest {}

/** The columns `prefix` and `pool`. */
export function storedPool({ prefix, pool }: PoolPlace): [string, Uint8Array] {
  return [toStoredText(prefix), toStoredKey(pool)];
}

/** The columns `prefix`, `pool` and `owner`. */
export function storedClaimant(claimant: Claimant): [string, Uint8Array, string] {
  return [...storedPool(claimant), toStoredText(claimant.owner)];
}
