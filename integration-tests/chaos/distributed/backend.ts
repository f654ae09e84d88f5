/**
 * What the chaos of distributed runs has to know about a run store; each has a file in backends/.
 * @module
 */
import type { RunStore } from '@runafter/core';
import type { PlaceName, PlaceOf } from '../../services/places.ts';
import type { WorkEntry } from './work-log.ts';

/** A store that can be had from several machines. */
export interface DistributedBackend<Name extends PlaceName = PlaceName> {
  /** As `--only` and the report name it. */
  readonly name: string;
  /** Where runs are kept; a folder where they are kept beside the queues. */
  readonly place: Name;
  /** How much is done. Default: {@link fullSize} and {@link quickSize}. */
  readonly size?: ChaosSize;
  /** Recognises a request that writes, in what goes over the wire to the place. Undefined where nothing does. */
  readonly isWrite: RegExp | undefined;
  /** Makes what has to be there before the first use, such as tables. */
  readonly prepare?: (place: PlaceOf<Name>) => Promise<void>;
  /** Opens it, in each process. Closing it closes all that this has opened. */
  readonly openStore: (at: StorePlace<Name>) => RunStore;
  /** What a worker does in place of what it should: an error that is planted, and has to be found. */
  readonly planted?: (entry: WorkEntry) => readonly WorkEntry[];
}

/** Where a store is. */
export interface StorePlace<Name extends PlaceName = PlaceName> {
  readonly place: PlaceOf<Name>;
  /** The URL of the Redis server that has the queues. */
  readonly queues: string;
}

/** How much is done, and how much goes wrong. */
export interface ChaosSize {
  readonly runs: number;
  /** How many different workflows these are runs of. */
  readonly plans: number;
  /** How many runs are under way at once. */
  readonly atOnce: number;
  /** How many workers are killed, at least, if none is faster than one a second. */
  readonly kills: number;
  /** How often all connections to the queues, or to the store, are cut, and as often slowed down. */
  readonly cuts: number;
  /** How many replies to writes are lost. */
  readonly lostReplies: number;
}

export const fullSize: ChaosSize = {
  ...{ runs: 500, plans: 100, atOnce: 24 },
  ...{ kills: 200, cuts: 60, lostReplies: 60 },
};

export const quickSize: ChaosSize = {
  ...{ runs: 40, plans: 20, atOnce: 12 },
  ...{ kills: 15, cuts: 6, lostReplies: 6 },
};

/** Says what a backend is; its place's type follows from the place's name. */
export function defineDistributedBackend<Name extends PlaceName>(
  backend: DistributedBackend<Name>,
): DistributedBackend {
  return backend as unknown as DistributedBackend;
}
