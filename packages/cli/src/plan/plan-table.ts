/**
 * What a plan predicts: plain data, as `--json` prints it.
 * @module
 */
import type { Variable } from './simulate-run.ts';

/** A prediction. Times are milliseconds; what is drawn at random is the mean of the samples. */
export interface PlanTable {
  readonly workflow: string;
  readonly varies: Variable & { /** Of a loop. */ readonly items?: number | undefined };
  readonly samples: number;
  readonly seed: number | string;
  /** By degree. */
  readonly rows: readonly PlanRow[];
  /**
   * Without any limit of degree, connectors or `maxConcurrentActions`: no degree is faster than the longest chain of what
   * waits for each other. Other loops keep their own concurrency.
   */
  readonly criticalPath: number;
  readonly recommended: Recommendation;
  /** What the formulas say of the connectors with a rate that the loop calls. */
  readonly formulas: readonly FormulaReading[];
  /** What is not simulated as it is. */
  readonly notes: readonly string[];
}

/** One degree of parallelism. */
export interface PlanRow {
  readonly degree: number;
  readonly makespan: { readonly mean: number; readonly least: number; readonly most: number };
  /** Calls of connectors, refused ones included. */
  readonly calls: number;
  /** Calls that were answered with 429. */
  readonly refused: number;
  /** Of the time of actions that had begun, the part in which they did nothing: between attempts, or in a line. */
  readonly waiting: number;
  /** By what part it is faster than the row before; negative where it is slower. Undefined in the first. */
  readonly gain: number | undefined;
  /** What would have to change for it to be faster. */
  readonly binds: Binding;
  /** Samples in which the run did not succeed. */
  readonly unsuccessful: number;
}

/** A bound whose lifting would make the run at least 5 % faster. */
export type Binding =
  | { readonly by: 'degree' }
  /** The bound that the workflow itself has on all its actions. */
  | { readonly by: 'maxConcurrentActions' }
  | { readonly by: 'connector'; readonly connector: string; readonly limit: ConnectorBound }
  /** Each of several is enough to keep it. */
  | { readonly by: 'several limits' }
  | { readonly by: 'critical path' };

/** What of a connector can hold calls up. */
export type ConnectorBound = 'rate' | 'concurrency' | 'slots' | 'contention';

export interface Recommendation {
  /** The smallest that is at most 5 % slower than the fastest. */
  readonly degree: number;
  readonly fastest: number;
  /** The same of those with at most 2 % refused calls; undefined where each has more. */
  readonly calm: number | undefined;
}

/** Two readings of one limit, by throttle's formulas. */
export interface FormulaReading {
  readonly connector: string;
  readonly limitPerMinute: number;
  readonly callsPerIteration: number;
  /** Of one iteration when nobody else is there. */
  readonly iterationTime: number;
  /** By Little's law, with a headroom of 2: a degree. */
  readonly safeConcurrency: number;
  /** The field's formula: iterations that begin in a minute, and no degree. */
  readonly iterationsPerMinute: number;
}
