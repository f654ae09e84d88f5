/**
 * What a driver brings to the suite of the RunStore port: a place to keep runs, as many connections to
 * it as the suite asks for, and a way to make time pass.
 * @module
 */
import type { RunStore } from '../ports/run-store.ts';

/** Where runs are kept: a database, a server's key space, a Map. */
export interface RunStorePlace {
  /**
   * One more connection to the place, as another process would have it. The first few of a test are
   * used side by side; each is closed at most once by the suite.
   */
  connect(): Promise<RunStore>;
  /**
   * Resolves when so many milliseconds have passed by the clock that leases expire by: a virtual clock
   * is advanced; with a server's clock, what is stored may be moved back by as much instead. The suite
   * asks for minutes, so this must not really wait.
   */
  passTime(ms: number): Promise<void>;
  /** Closes every connection and takes the place away. */
  close(): Promise<void>;
}

/**
 * What a driver may be unable to do, when its backend is:
 *
 * - `nulCharacters`: texts with U+0000 come back as they were given.
 * - `unpairedSurrogates`: so do texts that hold half of a surrogate pair, which UTF-8 cannot carry.
 * - `separateConnections`: closing one connection leaves the place open for the others. A place that
 *   lives and dies with its only connection cannot, and `connect` gives that one each time.
 */
export type RunStoreCapability = 'nulCharacters' | 'unpairedSurrogates' | 'separateConnections';

/** See the module's header. */
export interface RunStoreHarness {
  /** A fresh, empty place. Called once for each test. */
  open(): Promise<RunStorePlace>;
  /**
   * What the driver cannot do, and why: the test is reported as skipped, with this sentence.
   * Default: it can do everything.
   */
  readonly cannot?: Readonly<Partial<Record<RunStoreCapability, string>>>;
  /** Of the random tests, to see a failure again. Default: another one in every run; a failure names it. */
  readonly seed?: number;
}
