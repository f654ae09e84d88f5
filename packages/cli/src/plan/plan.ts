/**
 * What is known of a workflow before it runs: a plan, as people write it or as it is read from an earlier run.
 *
 * Plain data, so that it can be a JSON file. Read next: read-plan.ts, which checks it against the definition.
 * @module
 */
import type { Duration, RetryPolicy } from '@runafter/clock';
import type { ServiceModelOptions } from '@runafter/throttle/model';

/** How long something takes: always the same, or at random, log-normal. */
export type PlannedDuration =
  | Duration
  /** `sigma` is of the logarithm: 0.3 has two thirds within ± 30 %. Default 0.3. */
  | { readonly mean: Duration; readonly sigma?: number }
  | { readonly median: Duration; readonly p95: Duration };

/** What is known of one action, loop or whatever stands at an address. Each fact is for certain kinds only. */
export interface PlannedAction {
  /** Of an action: one attempt when nobody else is there, all its calls together. Of a delay or a wait: how long. */
  readonly duration?: PlannedDuration;
  /** Of an action: what it calls, by its name in `connectors` or in throttle's connectorLimits. */
  readonly connector?: string;
  /** Of an action with a connector: how many calls an attempt makes, one after the other. Default 1. */
  readonly calls?: number;
  /** Of an action: the part of its attempts that fail, from 0 to 1, apart from throttled ones. Default 0. */
  readonly failures?: number;
  /** Of a loop: how many items, in each of its runs. */
  readonly items?: number;
  /** Of a loop with a key: how many different keys its items have, in turn. Default: as many as items. */
  readonly keys?: number;
  /**
   * Of a condition or switch: the branch that is taken, or the share of each, such as `{ then: 0.8, else: 0.2 }`.
   * Default `then`, or the first case.
   */
  readonly takes?: string | Readonly<Record<string, number>>;
  /** Of an until: how many rounds. Default 1. */
  readonly rounds?: number;
}

/** A service that actions call. */
export interface PlannedConnector extends ServiceModelOptions {
  /** The name of a limit in throttle's connectorLimits, to which the rest is added. */
  readonly limits?: string;
  /** How its client itself tries a throttled call again, before the action hears of it. Default: not at all. */
  readonly retry?: RetryPolicy;
}

/** All that is known, by address: `Orders`, `Orders/Update`. */
export interface Plan {
  readonly actions?: Readonly<Record<string, PlannedAction>>;
  /** How long actions take that do not say it. Default: each has to say it. */
  readonly duration?: PlannedDuration;
  /** By names of your own; a text stands for the limits of that name in connectorLimits. */
  readonly connectors?: Readonly<Record<string, string | PlannedConnector>>;
}
