/**
 * What the driver needs of a kind of leases: its keys, and three scripts, each one atomic step and repeatable.
 * Read next: lock-scripts.ts and semaphore-scripts.ts.
 * @module
 */
import type { LuaScript } from './lua-script.ts';

/** The scripts of locks, or of semaphores. KEYS and ARGV begin as waiting-line.ts says. */
export interface LeaseScripts {
  /** What keys have after the prefix: those of a name `a` begin with `lock:{a}`. */
  readonly kind: 'lock' | 'semaphore';
  /** How the keys end that a script gets, in the order of KEYS. */
  readonly keys: readonly string[];
  /**
   * ARGV: the ttl, in milliseconds; for how many milliseconds a place in the line is kept, '' for none; the weight; and
   * how many permits there are. Answers { '1', token }, or { '0', the owner who has it, in how many milliseconds it
   * is free }, both '' where they are not known.
   */
  readonly acquire: LuaScript;
  /** ARGV: the ttl. Answers 1, or 0 when the owner does not have it any more. */
  readonly renew: LuaScript;
  /** Takes back the lease or the place in the line, and tells who is first in line when that may help. */
  readonly release: LuaScript;
}
