/**
 * What a benchmark is made of: works, each compared with some peers.
 *
 * A work is plain data with functions that import what they need when they are called, so that the
 * list of works can be read without loading a peer, and a child process loads only the two sides that
 * it compares. Read next: duel.ts and waits.ts, which measure; benches.ts, the list of benchmarks.
 * @module
 */

import type { ServiceName } from 'integration-tests/places';
import type { Row } from './row.ts';

/** One named benchmark: `npm run bench -- NAME`. */
export interface Bench {
  readonly title: string;
  /** Packages, or parts of Node as `process.versions` calls them, whose versions the report names. */
  readonly packages: readonly string[];
  readonly works: readonly Work[];
}

export type Work = (Duel | Waiting | Probe | Study) & {
  /** It takes long, and is left out of a quick run. */
  readonly long?: boolean;
  /** The service that it uses; without it, the work is left out. */
  readonly needs?: ServiceName;
};

/** Time: ours and a peer take turns in one process. */
export interface Duel {
  readonly kind: 'duel';
  readonly name: string;
  readonly unit: TimeUnit;
  readonly ours: Side;
  readonly peers: Readonly<Record<string, Side & Target>>;
}

/** How long single waits take, of which the longest matter, too: ours and a peer take turns in one process. */
export interface Waiting {
  readonly kind: 'waiting';
  readonly name: string;
  readonly ours: WaitingSide;
  readonly peers: Readonly<Record<string, WaitingSide>>;
}

/** One side of such a comparison. */
export interface WaitingSide {
  /**
   * As {@link Side.prepare}.
   *
   * @returns what waits as often as one round does, and gives the waits in milliseconds.
   */
  readonly prepare: (cleanup: AsyncDisposableStack) => Promise<() => Promise<readonly number[]>>;
}

/** A number that a process of its own finds, such as memory. */
export interface Probe {
  readonly kind: 'probe';
  readonly name: string;
  readonly unit: string;
  /** One process measures it in place of one for each round, because it hardly varies. */
  readonly once?: boolean;
  readonly ours: Measure;
  readonly peers: Readonly<Record<string, { readonly measure: Measure } & Target>>;
  /** An absolute bound: a row of its own, in which theirs is the bound and the target 1. */
  readonly bound?: { readonly name: string; readonly value: number };
}

/** Figures that one number for each side does not tell: a process of its own makes a table of them. */
export interface Study {
  readonly kind: 'study';
  readonly name: string;
  readonly measure: (options: StudyOptions) => Promise<Findings>;
}

export interface StudyOptions {
  /** Little time: smaller, and less exact. */
  readonly quick: boolean;
  /** Says how far it has come. */
  readonly show: (progress: string) => void;
}

/** What a study has found. */
export interface Findings {
  /** Its own table, which is printed as it is. */
  readonly text: string;
  /** What of it belongs into the benchmark's table: comparisons, also those that have a target. */
  readonly rows: readonly Row[];
}

export interface Target {
  /** The most that our cost / theirs may be. Without it the row only informs. */
  readonly target?: number;
}

export type Measure = () => Promise<number>;

/** One side of a duel. */
export interface Side {
  /** How many units the work has: its time is divided by this. */
  readonly units: number;
  /** What the work must return, so that no side can skip it or leave its results unread. */
  readonly expected: unknown;
  /**
   * What is done once and not measured: loading, defining, making the input. Gives the work itself.
   *
   * @param cleanup - what it gets is done after the last round: closing connections, checking what the rounds
   *   have left behind. When that fails, the benchmark does.
   */
  readonly prepare: (cleanup: AsyncDisposableStack) => Promise<() => unknown>;
}

/** How a time is shown. */
export type TimeUnit =
  | 'ms'
  | 'µs/run'
  | 'µs/action'
  | 'µs/item'
  | 'µs/outcome'
  | 'µs/addition'
  | 'µs/update'
  | 'µs/acquisition'
  | 'µs/section'
  | 'µs/call'
  | 'ns/action';

/** How many of a unit make a millisecond. */
export const perMillisecond: Readonly<Record<TimeUnit, number>> = {
  ms: 1,
  'µs/run': 1e3,
  'µs/action': 1e3,
  'µs/item': 1e3,
  'µs/outcome': 1e3,
  'µs/addition': 1e3,
  'µs/update': 1e3,
  'µs/acquisition': 1e3,
  'µs/section': 1e3,
  'µs/call': 1e3,
  'ns/action': 1e6,
};
