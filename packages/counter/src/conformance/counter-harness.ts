/**
 * What a driver brings to the suite of the Counter port: a place for counters, as many connections to
 * it as the suite asks for, a way to make time pass, and a connection whose replies can be lost.
 * @module
 */
import type { Duration } from '@runafter/clock';
import type { AtomicCounter, Counter } from '../counter-port.ts';

/** What the suite asks of a connection. */
export interface CounterConnectOptions {
  /** To be handed to the factory: how long ids of `once` are kept. Default: the factory's. */
  readonly keepIds?: Duration | undefined;
}

/** Where counters are kept: a table, a key prefix, a store of documents, a Map. */
export interface CounterPlace {
  /**
   * One more connection to the place, with a client of its own, as another process would have it. The
   * suite uses up to four side by side.
   *
   * @returns an AtomicCounter from who claims `addAndGet`.
   */
  connect(options?: CounterConnectOptions): Promise<Counter | AtomicCounter>;
  /** A connection that loses replies. Only for who claims `lostReplies`. */
  connectFaulty?(options?: CounterConnectOptions): Promise<FaultyCounterConnection>;
  /**
   * Resolves when so many milliseconds have passed by the clock that ids expire by: a virtual clock is
   * advanced; with a server's clock, what is stored may be moved back by as much instead. The suite asks
   * for days, so this must not really wait. Only for who claims `expiry`.
   */
  passTime?(ms: number): Promise<void>;
  /** Closes every connection and takes the place away. */
  close(): Promise<void>;
}

/** A connection with somebody in the middle, such as a TCP proxy. */
export interface FaultyCounterConnection {
  readonly counter: Counter | AtomicCounter;
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
 * - `addAndGet`: it is an AtomicCounter.
 * - `conditionalReset`: `reset()` takes `expected`. Without it, such a reset is refused.
 * - `resetTo`: `reset()` takes `to`. Without it, such a reset is refused.
 * - `linearizableRead`: what is read is the value of one moment, also while others add. A sharded counter
 *   reads its shards one after the other, and is exact once the writers are quiet.
 * - `refusesOverflow`: an addition that would leave the range is refused. A sharded counter sees one shard
 *   when it adds, and so refuses to read the sum instead.
 * - `expiry`: the harness can make time pass: the place has `passTime`.
 * - `separateConnections`: closing one connection leaves the place open for the others. A place that lives
 *   and dies with its only connection cannot, and `connect` gives that one each time.
 * - `lostReplies`: no promise of the driver, but of its harness: the place has `connectFaulty`.
 */
export interface CounterCapabilities {
  readonly addAndGet: boolean;
  readonly conditionalReset: boolean;
  readonly resetTo: boolean;
  readonly linearizableRead: boolean;
  readonly refusesOverflow: boolean;
  readonly expiry: boolean;
  readonly separateConnections: boolean;
  readonly lostReplies: boolean;
}

/** See the module's header. */
export interface CounterHarness {
  /**
   * A fresh, empty place. Called once for each test, so it should be cheap: another prefix, or a table
   * that is emptied. Clients may be kept for the next test.
   */
  open(): Promise<CounterPlace>;
  /** What the driver can do. Default: everything. */
  readonly capabilities?: Partial<CounterCapabilities>;
  /** Of the random tests, to see a failure again. Default: another one in every run; a failure names it. */
  readonly seed?: number;
}
