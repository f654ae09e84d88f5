/**
 * A backend's locks, and what they are compared with there.
 *
 * Each backend has a file. Read next: uncontended.ts and hand-over.ts, what is compared.
 * @module
 */
import type { ServiceName } from 'integration-tests/places';
import type { OpenContender } from '../contender.ts';

/** The other side of a comparison. */
export interface Peer {
  readonly title: string;
  readonly open: OpenContender;
}

/** What is compared on a backend. */
export interface Backend {
  readonly title: string;
  readonly needs?: ServiceName;
  readonly ours: OpenContender;
  /** Of one client, which nobody is in the way of. */
  readonly uncontended: {
    /** The raw calls of the same client that lock and unlock. They need not be able to wait. */
    readonly peer: Peer;
    /** The most that our time / theirs may be. */
    readonly target?: number;
    /** How often a work acquires and releases. */
    readonly each: number;
  };
  /** Of two clients, one of which waits. */
  readonly handOver: {
    /** What is used there by who needs to wait. */
    readonly peer: Peer;
    /** How long the holder has the name, in milliseconds: any time in between. */
    readonly held: { readonly min: number; readonly max: number };
    /** So many names at the same time, where nearly all of the time is spent waiting. Default 1. */
    readonly names?: number;
    /** How many hand-overs of each name are a round. */
    readonly each: number;
  };
}
