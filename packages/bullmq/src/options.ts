/**
 * What `distribute()` and the processes of a distribution can be told.
 * @module
 */
import type { Clock, Duration, Gate, Limiter } from '@runafter/clock';
import type { Cipher, RunListener, RunStore, Telemetry, Workflow } from '@runafter/core';
import type { ConnectionOptions, QueueOptions, RateLimiterOptions, WorkerOptions } from 'bullmq';

// biome-ignore lint/suspicious/noExplicitAny: a workflow is contravariant in its input, so only any matches all.
export type AnyWorkflow = Workflow<any, unknown>;

/** Actions that have a queue of their own. */
export interface ActionQueueOptions {
  /** Which ones, with their workflow: `Fulfil_Order/Send_Mail`, `Fulfil_Order/Each_Order/Bill`. */
  readonly actions: readonly string[];
  /** How many of them each process calls at the same time. Default 20. */
  readonly concurrency?: number;
  /**
   * How many of them all processes together call at the same time; BullMQ keeps it with the queue, until it
   * is set again. Default: what the queue has, which is no bound at first.
   */
  readonly globalConcurrency?: number;
  /** BullMQ's priority of their jobs, 1 the highest. Default: that of the run. */
  readonly priority?: number;
  /** BullMQ's rate limit of the queue, over all processes together. */
  readonly rateLimit?: RateLimiterOptions;
}

export interface DistributeOptions {
  /** The Redis of the queues: what BullMQ takes, such as `{ host, port }`, or a client of ioredis. */
  readonly connection: ConnectionOptions;
  /** Where the runs are kept. All processes use the same one. */
  readonly store: RunStore;
  /**
   * Queues of their own, by name, for actions that need a bound, a priority or machines of their own. All
   * others are called where their run is scheduled, or share one queue.
   */
  readonly queues?: Readonly<Record<string, ActionQueueOptions>>;
  /** What the keys of the queues begin with. On a Redis cluster in braces: `{runafter}:queue`. Default 'runafter:queue'. */
  readonly prefix?: string;
  /**
   * How long a process may be silent before others take over its runs and actions: the lease of its
   * runs, and the lock of its jobs. At least one second. Default '15s'.
   */
  readonly lease?: Duration;
  /** How often runs are looked for that are in the store and in no queue. Default '30s'. */
  readonly sweep?: Duration;
  /**
   * After how many lost processes an attempt fails with `ACTION_LOST`: something in it ends those that it is
   * given to. What was handed back does not count. Default 10.
   */
  readonly maxDeliveries?: number;
  /** Encrypts secure values before they leave the process. */
  readonly cipher?: Cipher;
  /** The most bytes of an input, an output or a signal as it is stored. Default 1 MiB (1,048,576). */
  readonly valueLimit?: number;
  /** Bounds how many runs go on at the same time; a shared one does so over all processes. */
  readonly gate?: Gate;
  /** Every handler takes a permit of it; a shared one bounds all processes together. */
  readonly limiter?: Limiter;
  /**
   * Watches the runs that this process schedules and the actions that it calls. What it has to hand on goes
   * with the jobs, from who starts a run to who schedules it, and from there to who calls an action.
   */
  readonly telemetry?: Telemetry | readonly Telemetry[];
  /** Gets every event of the runs that this process schedules. */
  readonly onEvent?: RunListener;
  /** Goes on with runs that another definition of the same version has begun. Default false. */
  readonly allowChanges?: boolean;
  /** Is told of faults that nobody waits for, such as a connection that was lost. Default: a process warning. */
  readonly onFault?: (error: Error) => void;
  /** More for BullMQ itself, such as `telemetry`, `metrics` or `streams`. */
  readonly bullmq?: {
    readonly queue?: Partial<Omit<QueueOptions, 'connection' | 'prefix'>>;
    readonly worker?: Partial<
      Omit<WorkerOptions, 'connection' | 'prefix' | 'concurrency' | 'autorun'>
    >;
  };
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/** What a process takes on. */
export interface WorkOptions {
  /**
   * How many runs it schedules at the same time, of those without a version and of each version; 0 for
   * none. Default 100.
   */
  readonly runs?: number;
  /**
   * How many actions it calls at the same time of those without a queue of their own, in runs without a
   * version and in those of each version; 0 for none. Default 20.
   */
  readonly actions?: number;
  /** Which of the queues it works on. Default: all. */
  readonly queues?: readonly string[];
  /**
   * Whether actions without a queue of their own are called by the process that schedules their run, one
   * of each run at a time, while it has room. Saves their way through the queue, and its dashboards do
   * not show them. Default true.
   */
  readonly eager?: boolean;
  /**
   * The signals of the operating system at which the process gives back what it has and ends. Default
   * `['SIGTERM']`; none: an empty list.
   */
  readonly shutdownSignals?: readonly NodeJS.Signals[];
  /** How long actions may go on after such a signal, before they are handed back. Default '20s'. */
  readonly drain?: Duration;
}
