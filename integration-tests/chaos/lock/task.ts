/**
 * What a worker is told when it starts, what it is told later, and what it says.
 *
 * Invariant: lane N of every worker works at the same lock and the same document, so all workers contend for
 * each, and no worker waits for itself.
 * @module
 */

/** One worker's work. It travels as JSON. */
export interface LockTask {
  /** The URL of a module that exports a `backend`. */
  readonly backend: string;
  readonly place: object;
  /** From 0 on. */
  readonly worker: number;
  /** How many locks it works at, each in a lane. */
  readonly lanes: number;
  /** How many of the lanes, from 0 on, keep what they hold when they are told to. */
  readonly keepers: number;
  readonly seed: string;
  /** Where each process keeps its journal. */
  readonly folder: string;
}

/** What a worker is told. */
export type Order =
  /** Keep what you are granted, until you have been paused. */
  | 'keep'
  /** Finish your turns, and end. */
  | 'end';

/** What a worker says. */
export type Report =
  | { readonly kind: 'ready' }
  /** A write under the lock of a lane was accepted. A bigint is text in JSON. */
  | { readonly kind: 'wrote'; readonly lane: number; readonly token: string }
  /** It holds the lock of every lane that keeps: their tokens, by lane. */
  | { readonly kind: 'keeping'; readonly tokens: readonly string[] }
  /** It was paused, and whatever it had lost meanwhile it has tried to write to. */
  | { readonly kind: 'woken'; readonly zombies: number };

/** The lock of a lane, and the document that it guards. */
export function laneName(lane: number): string {
  return `lane-${lane}`;
}
