/**
 * What a driver brings to the suite of the DocumentStore port: a place for documents, as many
 * connections to it as the suite asks for, and a connection whose replies can be lost.
 * @module
 */
import type { DocumentStoreOptions } from '../document-options.ts';
import type { DocumentStore } from '../document-port.ts';

/** Where documents are kept: a container, a table, a key prefix, a Map. */
export interface DocumentStorePlace {
  /**
   * One more connection to the place, with a client of its own, as another process would have it. The
   * suite uses up to four side by side.
   *
   * @param options - to be handed to the driver's factory: a schema, a codec.
   */
  connect<T>(options?: DocumentStoreOptions<T>): Promise<DocumentStore<T>>;
  /** A connection that loses replies. Only for who claims `lostReplies`. */
  connectFaulty?<T>(options?: DocumentStoreOptions<T>): Promise<FaultyConnection<T>>;
  /**
   * Puts a document there which the store cannot create itself. Only for who does not claim `create`.
   *
   * @param value - a {@link Parcel}, as every value of the suite but those that `anyValue` is about.
   */
  seed?(key: string, value: Parcel): Promise<void>;
  /** Closes every connection and takes the place away. */
  close(): Promise<void>;
}

/** What the suite stores where any value will do: flat, so that a row of a list can be one, too. */
export interface Parcel {
  readonly count: number;
  readonly note: string;
}

/** A connection with somebody in the middle, such as a TCP proxy. */
export interface FaultyConnection<T> {
  readonly store: DocumentStore<T>;
  /**
   * The next request is carried out by the service, and its reply is thrown away: the client sees the
   * connection end. Requests that are sent afterwards are answered again.
   *
   * @param meanwhile - what others do after that, before the client gets through to the service again.
   * @example
   * // With the fault proxy of @runafter/testkit:
   * loseReply(meanwhile) {
   *   void proxy.loseNextReply().then(async () => {
   *     proxy.refuse();
   *     await meanwhile?.();
   *     proxy.heal();
   *   });
   * }
   */
  readonly loseReply: (meanwhile?: () => Promise<void>) => void;
}

/**
 * What a driver can do. Each is taken as claimed unless it is declared `false`; its tests are then
 * reported as skipped, with its name.
 *
 * - `create`: `create()` works. Without it, the place needs `seed`.
 * - `remove`: `remove()` works.
 * - `list`: `list()` works.
 * - `fences`: writes may come with a fence, and a fenced document leaves a tombstone. Without it, a
 *   fenced write is refused with `FENCE_UNSUPPORTED`.
 * - `writeIds`: the last writes are kept beside the value. Without it, `writes` is undefined, and not
 *   even `update()` can tell whether a write was done whose reply was lost.
 * - `anyKey`: every key that the port allows. Without it the suite uses `order-17` and the like: up to
 *   40 lower-case letters, digits and hyphens.
 * - `anyValue`: every value that the codec takes. Without it the suite stores a {@link Parcel} only.
 * - `nulCharacters`: U+0000 in keys, and in the text that a codec makes.
 * - `separateConnections`: closing one connection leaves the place open for the others. A place that lives
 *   and dies with its only connection cannot, and `connect` gives that one each time.
 * - `lostReplies`: no promise of the driver, but of its harness: the place has `connectFaulty`.
 */
export interface DocumentStoreCapabilities {
  readonly create: boolean;
  readonly remove: boolean;
  readonly list: boolean;
  readonly fences: boolean;
  readonly writeIds: boolean;
  readonly anyKey: boolean;
  readonly anyValue: boolean;
  readonly nulCharacters: boolean;
  readonly separateConnections: boolean;
  readonly lostReplies: boolean;
}

/** See the module's header. */
export interface DocumentStoreHarness {
  /**
   * A fresh, empty place. Called once for each test, so it should be cheap: another prefix, or a table
   * that is emptied. Clients may be kept for the next test.
   */
  open(): Promise<DocumentStorePlace>;
  /** What the driver can do. Default: everything. */
  readonly capabilities?: Partial<DocumentStoreCapabilities>;
  /** Of the random tests, to see a failure again. Default: another one in every run; a failure names it. */
  readonly seed?: number;
  /**
   * How many entries the service lists in one page, so that the suite lists more than one. Default: 120
   * entries are listed, which crosses no border of most services: set the driver's page to 50 or so.
   */
  readonly pageSize?: number;
}
