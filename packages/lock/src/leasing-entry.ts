/**
 * `@runafter/lock/leasing`: the algorithm of waiting, keeping and giving back, for a package that leases
 * something else than names or permits, such as the resources of a pool.
 *
 * @example
 * import { Holding, Leasing } from '@runafter/lock/leasing';
 * @module
 */
export type { GivingBack } from './giving-back.ts';
export { type Claim, type Grant, Holding } from './holding.ts';
export { type Ask, Leasing, type LeasingRules } from './leasing.ts';
export { LocalTurns, type Turn } from './local-turns.ts';
export { isName, toStoredName } from './lock-rules.ts';
export { Watchers } from './watchers.ts';
