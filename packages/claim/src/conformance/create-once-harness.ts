/**
 * What a store of documents brings to the suite of createOnce(): a place, and as many stores of it as the suite
 * asks for. The harness of the suite of document stores will do.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { DocumentStore } from '@runafter/optimistic';
import type { FaultyConnection } from '@runafter/optimistic/conformance';

/** Where documents are kept: a container, a table, a key prefix, a Map. */
export interface CreateOncePlace {
  /** One more store of the place, as another machine would have it. The suite uses up to four side by side. */
  connect<T>(): Promise<DocumentStore<T>>;
  /** A store that loses replies. Only for who claims `lostReplies`. */
  connectFaulty?<T>(): Promise<FaultyConnection<T>>;
  /** By which the suite waits. Default: the system's. */
  readonly clock?: Clock;
  /** Closes every store and takes the place away. */
  close(): Promise<void>;
}

/**
 * What a store can do. Each is taken as claimed unless it is declared `false`; its tests are then reported as
 * skipped, with its name.
 *
 * - `writeIds`: the last writes are kept beside the value, so that a creation is known whose reply was lost.
 * - `anyKey`: every key that the port of documents allows. Without it the suite uses `order-17` and the like.
 * - `lostReplies`: no promise of the store, but of its harness: the place has `connectFaulty`.
 */
export interface CreateOnceCapabilities {
  readonly writeIds: boolean;
  readonly anyKey: boolean;
  readonly lostReplies: boolean;
}

/** See the module's header. */
export interface CreateOnceHarness {
  /** A fresh, empty place. Called once for each test, so it should be cheap. */
  open(): Promise<CreateOncePlace>;
  /** What the store can do. Default: everything. */
  readonly capabilities?: Partial<CreateOnceCapabilities>;
  /**
   * In milliseconds: after how long a creator that nothing is heard from is taken to be dead, also while the machine
   * is busy. Default 1000.
   */
  readonly shortestTtl?: number;
}
