/**
 * Check-then-act without the race: create once, and pools of finite resources.
 * @module
 */
export {
  ClaimRetiredError,
  CreateOnceOptionError,
  CreateOnceTimeoutError,
  PoolEmptyError,
  PoolOptionError,
  PoolResourceError,
} from './claim-errors.ts';
export { type CreatedOrFound, createIfAbsent } from './create-if-absent.ts';
export { type CreateOnceOptions, createOnce, type MakeContext } from './create-once.ts';
export type { Creation, CreationClaimed, CreationDone, CreationFailed } from './creation.ts';
export { type PoolOptions, pool } from './pool.ts';
export type {
  Assignment,
  AssignOptions,
  Claimant,
  LeaseOptions,
  Pool,
  PoolEntry,
  Resource,
  ResourceLease,
} from './pool-port.ts';
export type {
  AddRequest,
  ClaimantRequest,
  Claimed,
  ClaimRequest,
  PoolStore,
  ReleaseRequest,
  ResourceState,
  Retired,
  StoredClaim,
  StoredResource,
} from './pool-store.ts';
export {
  type DocumentPoolsOptions,
  documentPools,
  type PoolDocument,
} from './stores/document-pools.ts';
export { type MemoryPoolsOptions, memoryPools } from './stores/memory-pools.ts';
