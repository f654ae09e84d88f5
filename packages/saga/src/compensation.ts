/**
 * How a step is undone: what the user says with `compensate`, and what the function is called with.
 *
 * Invariant: there is no default. A step has a compensation, or says in words why it has none.
 * Read next: saga-flow.ts (where it stands), undo-steps.ts (when it is called).
 * @module
 */
import { type Duration, exponential, type RetryPolicy } from '@runafter/clock';
import type { Context } from '@runafter/core';

/** What is known of a step that is to be undone. */
export type Done<T> =
  /** It Succeeded, and this is what it handed over. */
  | { readonly outputs: T }
  /**
   * It may have happened: it failed, was stopped, took too long, or its process died in the middle. Look
   * what is there, by the step's idempotency key. A handler that did not stop within the grace time may
   * even do it after the undo.
   */
  | { readonly unknown: true };

/** The step that is undone. */
export interface UndoneStep {
  readonly name: string;
  /** The identity in the run, such as `Hires[3]/Onboard/Account`. */
  readonly path: string;
  /** The key that the step's own handler got: what it did can be found by it. */
  readonly idempotencyKey: string;
}

/** What a compensation can read beside what is known of its step. */
export type CompensationContext<In, X> = Context<In, X> & {
  readonly step: UndoneStep;
  /**
   * Of the undoing itself, and so another one than the step's; the same on every attempt, after a resume
   * and in `retryCompensation`.
   */
  readonly idempotencyKey: string;
  /** Aborts only when the compensation's own `timeout` passes: no cancel reaches it. */
  readonly signal: AbortSignal;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly runId: string;
};

/**
 * Undoes a step. May be async; what it returns is not kept. It must bear to be called twice, and to find
 * nothing to undo.
 */
export type Compensate<T, In, X> = (done: Done<T>, context: CompensationContext<In, X>) => unknown;

/** A compensation with a budget of its own. */
export interface Compensation<T, In, X> {
  readonly run: Compensate<T, In, X>;
  /** Default {@link compensationRetry}. */
  readonly retry?: RetryPolicy;
  /** How long it may take, its retries included. Default 10 minutes. */
  readonly timeout?: Duration;
}

/** There is no compensation, and this is why. */
export interface NoCompensation {
  readonly none: string;
}

/** Options of everything in a saga that has effects. */
export interface CompensationOptions<T, In, X> {
  /** How it is undone, or `none('…')` with the reason why it is not. */
  readonly compensate: Compensate<T, In, X> | Compensation<T, In, X> | NoCompensation;
}

/**
 * How often undoing is tried again unless told otherwise: 8 times within about 3 minutes, waiting 1 s at
 * first and 1 minute at most. It is more than a step usually gets, for what is not undone is left to a
 * person.
 */
export const compensationRetry: RetryPolicy = exponential({
  count: 8,
  interval: '1s',
  maximum: '1m',
});

/** How long undoing a step may take unless told otherwise, its retries included. */
export const compensationTimeout: Duration = '10m';

/**
 * Says that a step is not undone.
 *
 * @param reason - for whoever reads the report: why it cannot be undone, or need not be.
 * @example
 * saga.step('Welcome_Mail', [account], send, { compensate: none('a mail cannot be unsent') });
 */
export function none(reason: string): NoCompensation {
  return Object.freeze({ none: reason });
}
