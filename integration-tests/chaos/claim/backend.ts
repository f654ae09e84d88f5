/**
 * What the chaos of claims has to know about a backend; each has a file in backends/.
 * @module
 */
import type { PoolStore } from '@runafter/claim';
import type { DocumentStore } from '@runafter/optimistic';
import type { PlaceName, PlaceOf } from '../../services/places.ts';
import type { Guarded } from '../lock/backend.ts';

/** A backend that has pools, and documents that compare the tokens of claims. */
export interface ClaimBackend<Name extends PlaceName = PlaceName> {
  /** As `--only` and the report name it. */
  readonly name: string;
  /** Where its pools and documents are. */
  readonly place: Name;
  /** For how long a resource is leased, in milliseconds. Whoever is paused is paused for longer. */
  readonly ttl: number;
  /** How many pools there are, each of which every process claims from. */
  readonly pools: number;
  /** Milliseconds between two claims of a claimant, on the average; and for which it keeps what it was given. */
  readonly rest: number;
  /** What is particular about it, for whoever reads the report. */
  readonly note?: string;
  /** Recognises a request that writes, in what goes over the wire. Undefined where nothing does. */
  readonly isWrite: RegExp | undefined;
  /** Makes what has to be there before the first use, such as tables. */
  readonly prepare?: (place: PlaceOf<Name>) => Promise<void>;
  /** Opens it, in each process. Closing it closes all that this has opened. */
  readonly openPools: (place: PlaceOf<Name>) => PoolStore | Promise<PoolStore>;
  readonly openDocuments: (
    place: PlaceOf<Name>,
  ) => DocumentStore<Guarded> | Promise<DocumentStore<Guarded>>;
}

/** Says what a backend is; its place's type follows from the place's name. */
export function defineClaimBackend<Name extends PlaceName>(
  backend: ClaimBackend<Name>,
): ClaimBackend {
  return backend as unknown as ClaimBackend;
}
