/**
 * What the driver needs of a kind of leases: its keys, and three scripts, each one atomic step and repeatable.
 * Read next: lock-scripts.ts and semaphore-scripts.ts, and waiting-line.ts, which all share.
 * @module
 */
import type { AcquireRequest, LeaseRequest } from '@runafter/lock';
import type { LuaScript } from './lua-script.ts';

/** Locks, semaphores, limiters, or run gates. */
export interface LeaseScripts {
  /** What keys have after the prefix: those of a name `a` begin with `lock:{a}`. */
  readonly kind: 'lock' | 'semaphore' | 'limiter' | 'gate';
  /** How the keys end that each script gets, in the order of KEYS: the line, the places, and others. */
  readonly keys: readonly string[];
  /**
   * ARGV: the owner; the ttl, in milliseconds; for how many milliseconds a place in the line is kept, '' for none; the
   * channel on which the owner listens; and those of `acquireArgs`. Answers the token; or { the owner who has it, in
   * how many milliseconds to ask again }, each '' where it is not known. What stands behind these two is why nobody may
   * wait any more, for `refusal`.
   */
  readonly acquire: LuaScript;
  readonly acquireArgs: (request: AcquireRequest) => readonly (string | number)[];
  /** ARGV: the owner; the ttl. Answers 1, or 0 when the owner does not have it any more. */
  readonly renew: LuaScript;
  /** What is thrown for the refusals of `acquire`, of a kind that has any. */
  readonly refusal?: (why: readonly (string | number)[]) => Error;
  /**
   * ARGV: the owner, and those of `releaseArgs`. Takes back its lease or its place, and tells who is first in line
   * when that may help.
   */
  readonly release: LuaScript;
  readonly releaseArgs?: (request: LeaseRequest) => readonly (string | number)[];
}
