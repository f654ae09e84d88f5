/**
 * What a run tells while it goes: typed events for progress bars and telemetry.
 *
 * Invariant: a subscriber cannot harm the run. It is called synchronously but never awaited; what it
 * throws, or what its promise rejects with, becomes a process warning and nothing else.
 * @module
 */

import { toFault } from '@runafter/errors';
import { isThenable } from '../definition/rules/show-value.ts';
import type { ActionError } from '../result.ts';
import type { Status } from '../status.ts';
import type { RecordKind } from './records/action-record.ts';

interface EventBase {
  readonly runId: string;
  readonly workflow: string;
  readonly time: Date;
}

interface ActionEventBase extends EventBase {
  /** The identity in the run, such as `Orders[3]/Mail`. */
  readonly path: string;
  /** Where it stands in its workflow's definition, such as `Orders/Mail`: the same for every item. */
  readonly address: string;
  readonly name: string;
  readonly kind: RecordKind;
}

export interface RunStartedEvent extends EventBase {
  readonly type: 'run.started';
  /** Of a child workflow: the action of the run around it in which it runs. */
  readonly parent?: { readonly runId: string; readonly path: string };
}

export interface RunEndedEvent extends EventBase {
  readonly type: 'run.ended';
  readonly status: Status;
  readonly error?: ActionError | undefined;
}

/**
 * This process does not work on the durable run any more: it was suspended or lost, or another process
 * holds it. The run has not ended.
 */
export interface RunLeftEvent extends EventBase {
  readonly type: 'run.left';
  readonly error: ActionError;
}

export interface ActionStartedEvent extends ActionEventBase {
  readonly type: 'action.started';
}

export interface ActionEndedEvent extends ActionEventBase {
  readonly type: 'action.ended';
  readonly status: Status;
  readonly error?: ActionError | undefined;
  /** Milliseconds from its start to its end; 0 when it was skipped. */
  readonly duration: number;
}

/** An action or container that is declared important has failed: somebody should look at it. */
export interface ActionFlaggedEvent extends ActionEventBase {
  readonly type: 'action.flagged';
  readonly status: Status;
  readonly error?: ActionError | undefined;
}

export interface AttemptStartedEvent extends ActionEventBase {
  readonly type: 'attempt.started';
  /** 1 for the first attempt. */
  readonly attempt: number;
}

export interface AttemptEndedEvent extends ActionEventBase {
  readonly type: 'attempt.ended';
  readonly attempt: number;
  /** Cancelled or TimedOut where it was told to stop. */
  readonly status: Status;
  readonly error?: ActionError | undefined;
  /** Milliseconds until the next attempt; undefined when there is none. */
  readonly wait?: number | undefined;
}

export interface IterationStartedEvent extends EventBase {
  readonly type: 'iteration.started';
  /** The identity in the run, such as `Orders[3]`. */
  readonly path: string;
  /** That of the loop. */
  readonly address: string;
  /** The loop's name. */
  readonly loop: string;
  readonly index: number;
  /** How many items there are, where that is known (arrays). */
  readonly total?: number | undefined;
}

export interface IterationEndedEvent extends EventBase {
  readonly type: 'iteration.ended';
  readonly path: string;
  /** That of the loop. */
  readonly address: string;
  readonly loop: string;
  readonly index: number;
  readonly total?: number | undefined;
  readonly status: Status;
}

export type RunEvent =
  | RunStartedEvent
  | RunEndedEvent
  | RunLeftEvent
  | ActionStartedEvent
  | ActionEndedEvent
  | ActionFlaggedEvent
  | AttemptStartedEvent
  | AttemptEndedEvent
  | IterationStartedEvent
  | IterationEndedEvent;

export type RunListener = (event: RunEvent) => unknown;

/** Where subscribers come and go. */
export interface RunEvents {
  /**
   * Calls `listener` for every event from now on; right after `start()` that is all of them, for a run
   * begins only when the code that started it has gone on.
   *
   * @returns ends the subscription.
   */
  subscribe(listener: RunListener): () => void;
}

export class EventHub implements RunEvents {
  #listeners: Set<RunListener> | undefined;

  /** Without listeners nobody needs to make events. */
  get listening(): boolean {
    return this.#listeners !== undefined && this.#listeners.size > 0;
  }

  subscribe(listener: RunListener): () => void {
    const own: RunListener = (event) => listener(event);
    this.#listeners ??= new Set();
    this.#listeners.add(own);
    return () => {
      this.#listeners?.delete(own);
    };
  }

  emit(event: RunEvent): void {
    for (const listener of [...(this.#listeners ?? [])]) {
      try {
        const returned = listener(event);
        if (isThenable(returned)) {
          returned.then(undefined, (error: unknown) => warn(event, error));
        }
      } catch (error) {
        warn(event, error);
      }
    }
  }
}

function warn(event: RunEvent, error: unknown): void {
  const { message } = toFault(error);
  process.emitWarning(`A subscriber of run events failed on ${event.type}: ${message}`, {
    type: 'RunafterWarning',
    code: 'EVENT_LISTENER_FAILED',
  });
}
