/**
 * What the driver needs of a kind of leases: its keys, and three scripts, each one atomic step and repeatable.
 * Read next: lock-scripts.ts and semaphore-scripts.ts, and waiting-line.ts, which both share.
 * @module
 */
import type { AcquireRequest } from '@runafter/lock';
import type { LuaScript } from './lua-script.ts';

/** Locks, or semaphores. */
export interface LeaseScripts {
  /** What keys have after the prefix: those of a name `a` begin with `lock:{a}`. */
  readonly kind: 'lock' | 'semaphore';
  /** How the keys end that each script gets, in the order of KEYS: the line, the places, and others. */
  readonly keys: readonly string[];
  /**
   * ARGV: the owner; the ttl, in milliseconds; for how many milliseconds a place in the line is kept, '' for none; the
   * channel on which the owner listens; and those of `acquireArgs`. Answers the token; or { the owner who has it, in
   * how many milliseconds to ask again }, each '' where it is not known.
   */
  readonly acquire: LuaScript;
  readonly acquireArgs: (request: AcquireRequest) => readonly (string | number)[];
  /** ARGV: the owner; the ttl. Answers 1, or 0 when the owner does not have it any more. */
  readonly renew: LuaScript;
  /** ARGV: the owner. Takes back its lease or its place, and tells who is first in line when that may help. */
  readonly release: LuaScript;
}
