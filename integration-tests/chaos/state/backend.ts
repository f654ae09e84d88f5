/**
 * What the chaos of state has to know about a backend; each has a file in backends/.
 * @module
 */
import type { AtomicCounter, Counter } from '@runafter/counter';
import type { DocumentStore } from '@runafter/optimistic';
import type { PlaceName, PlaceOf } from '../../services/places.ts';

/** The document that all processes write to. */
export interface Journal {
  /** How many operations have been applied. */
  readonly n: number;
  /** Which ones, in order: so it shows which of them is missing or there twice. */
  readonly applied: readonly number[];
}

/** What is needed of a counter, and what those that do everything in one step have beside it. */
export type Adder = Pick<Counter, 'add' | 'read' | 'close'> &
  Partial<Pick<AtomicCounter, 'addAndGet' | 'reset'>>;

/** A backend that keeps state. */
export interface StateBackend<Name extends PlaceName = PlaceName> {
  /** As `--only` and the report name it. */
  readonly name: string;
  /** Where its state is. */
  readonly place: Name;
  /** How many additions a full run makes, and a quick one. */
  readonly additions: { readonly full: number; readonly quick: number };
  /** How many additions a process has under way at once. */
  readonly inFlight: number;
  /** What is particular about it, for whoever reads the report. */
  readonly note?: string;
  /**
   * Recognises a request that writes, in what goes over the wire. Undefined where nothing does: then
   * processes are killed, and no replies are lost.
   */
  readonly isWrite: RegExp | undefined;
  /** Makes what has to be there before the first use, such as tables. */
  readonly prepare?: (place: PlaceOf<Name>) => Promise<void>;
  /** Opens it, in each process. Closing it closes all that this has opened. */
  readonly openCounter: (place: PlaceOf<Name>) => Adder | Promise<Adder>;
  readonly openDocuments: (
    place: PlaceOf<Name>,
  ) => DocumentStore<Journal> | Promise<DocumentStore<Journal>>;
}

/** Says what a backend is; its place's type follows from the place's name. */
export function defineBackend<Name extends PlaceName>(backend: StateBackend<Name>): StateBackend {
  return backend as unknown as StateBackend;
}
