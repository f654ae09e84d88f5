/**
 * What a worker is told when it starts, what it is told later, and what it says.
 * @module
 */
import type { PlannedRun } from './planned-run.ts';

/** What every worker does. It travels as JSON. */
export interface DistributedTask {
  /** The URL of a module that exports a `backend`. */
  readonly backend: string;
  readonly place: object;
  /** The URL of the Redis server with the queues, by way of the worker's network. */
  readonly queues: string;
  /** Names of the plans that there are workflows of. */
  readonly plans: readonly string[];
  /** Whether it calls actions of the runs that it schedules itself, or puts all of them into queues. */
  readonly eager: boolean;
  /** The file in which all of them note what they do. */
  readonly workLog: string;
}

/** What BullMQ's keys begin with. */
export const queuePrefix = 'chaos';

/** What a worker is told. */
export type Order =
  /** Begin this run; it may have been begun already. */
  | { readonly kind: 'start'; readonly run: PlannedRun }
  /** Nothing is left: close, and end. */
  | { readonly kind: 'end' };

/** What a worker says. */
export type Report =
  /** It can be given runs to begin. */
  | { readonly kind: 'ready' }
  /** This run is stored. */
  | { readonly kind: 'started'; readonly runId: string };
