/**
 * What the chaos of locks has to know about a backend; each has a file in backends/.
 * @module
 */
import type { Lock } from '@runafter/lock';
import type { DocumentStore } from '@runafter/optimistic';
import type { PlaceName, PlaceOf } from '../../services/places.ts';

/** A document that a lock guards. */
export interface Guarded {
  /** Which write it comes from. No two are the same. */
  readonly written: string;
}

/** A backend that has locks, and documents that compare their tokens. */
export interface LockBackend<Name extends PlaceName = PlaceName> {
  /** As `--only` and the report name it. */
  readonly name: string;
  /** Where its locks and documents are. */
  readonly place: Name;
  /** For how long a lock is granted, in milliseconds. Whoever is paused is paused for longer. */
  readonly ttl: number;
  /** How many locks are held by a process when it is paused. */
  readonly heldAtOnce: number;
  /** Milliseconds between two turns at such a lock, on the average. */
  readonly rest: number;
  /**
   * A lock ends with the connection that holds it, and not with its time. Whoever is paused loses it when
   * its connection is cut, and learns of that when it wakes up.
   */
  readonly endsWithConnection?: true;
  /** What is particular about it, for whoever reads the report. */
  readonly note?: string;
  /** Recognises a request that writes, in what goes over the wire. Undefined where nothing does. */
  readonly isWrite: RegExp | undefined;
  /** Makes what has to be there before the first use, such as tables. */
  readonly prepare?: (place: PlaceOf<Name>) => Promise<void>;
  /** Opens it, in each process. Closing it closes all that this has opened. */
  readonly openLock: (place: PlaceOf<Name>) => Lock | Promise<Lock>;
  readonly openDocuments: (
    place: PlaceOf<Name>,
  ) => DocumentStore<Guarded> | Promise<DocumentStore<Guarded>>;
}

/** Says what a backend is; its place's type follows from the place's name. */
export function defineLockBackend<Name extends PlaceName>(backend: LockBackend<Name>): LockBackend {
  return backend as unknown as LockBackend;
}
