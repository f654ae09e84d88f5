/**
 * A handler at work: the context that it is given, and the one place that hears how it ended.
 *
 * Invariant: an activity ends once. Told to stop, it aborts its signal and waits for the handler to
 * settle; after the grace time it ends without it, and whatever the handler still does changes nothing.
 * The AbortSignal is made only when a handler asks for it: making one costs more than the rest of a
 * short action.
 * Read next: guarded-activity.ts (time-outs, retries, limiters).
 * @module
 */
import { formatDuration } from '@runafter/clock';
import type { ActionNode } from '../../definition/definition.ts';
import { isThenable } from '../../definition/rules/show-value.ts';
import type { ActionError } from '../../result.ts';
import { FAILED, type StatusBits, SUCCEEDED } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import { AttemptHistory, type Detail } from '../detail.ts';
import { idempotencyKey } from '../idempotency-key.ts';
import type { AttemptRecord } from '../records/action-record.ts';
import { recordedError } from '../records/recorded-error.ts';
import { errorOf } from '../records/secure.ts';
import type { RunEngine } from '../run-engine.ts';
import type { Stop } from '../stop.ts';
import { tellAttemptEnd, tellAttemptStart, tellStart } from '../tell.ts';
import { FlowContext } from './flow-context.ts';

export class Activity extends FlowContext implements Detail {
  /** Not `state`: a handler in an until reads the state of its round by that name. */
  protected readonly actionState: ActionState;
  protected stop: Stop | undefined = undefined;
  protected over = false;
  #abort: AbortController | undefined = undefined;
  #cancelGrace: (() => void) | undefined = undefined;

  constructor(state: ActionState) {
    super(state);
    this.actionState = state;
  }

  protected get run(): RunEngine {
    return this.actionState.frame.owner.run;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.stop !== undefined) this.#abort.abort(this.stop.reason);
    }
    return this.#abort.signal;
  }

  get idempotencyKey(): string {
    return idempotencyKey(this.actionState);
  }

  get attempt(): number {
    return 1;
  }

  get path(): string {
    return this.actionState.path;
  }

  /** Calls the handler. */
  start(): void {
    const { run, actionState: state } = this;
    state.started = run.startOffset();
    state.detail = this;
    tellStart(state);
    tellAttemptStart(state, 1);
    let returned: unknown;
    try {
      const { telemetry } = run.services;
      returned =
        telemetry === undefined ? this.call() : telemetry.within(state, 1, () => this.call());
      if (isThenable(returned)) {
        Promise.resolve(returned).then(
          (output: unknown) => this.succeeded(output),
          (thrown: unknown) => this.failed(thrown),
        );
        return;
      }
    } catch (thrown) {
      this.failed(thrown);
      return;
    }
    this.succeeded(returned);
  }

  protected call(): unknown {
    const { handed, node } = this.actionState;
    return (node as ActionNode).run(handed, this);
  }

  protected succeeded(output: unknown): void {
    if (this.stop === undefined) this.conclude(SUCCEEDED, output);
    else this.conclude(this.stop.bits, this.stop.error);
  }

  protected failed(thrown: unknown): void {
    if (this.stop === undefined) this.conclude(FAILED, this.errorOf(thrown));
    else this.conclude(this.stop.bits, this.stop.error);
  }

  protected errorOf(thrown: unknown): ActionError {
    return errorOf(thrown, this.actionState.node, this.actionState.path);
  }

  /** Ends the action, unless it has ended already. */
  protected conclude(bits: StatusBits, value: unknown, unsettled = false): void {
    if (this.over) return;
    this.over = true;
    const { run, actionState: state } = this;
    if (this.#cancelGrace !== undefined) {
      this.#cancelGrace();
      run.journal?.handlerSettled();
    }
    this.endAttempt(bits, bits === SUCCEEDED ? undefined : (value as ActionError));
    const attempts = this.history();
    state.detail =
      unsettled || attempts !== undefined ? new AttemptHistory(attempts, unsettled) : undefined;
    run.end(state, bits, value);
  }

  /** The call of the handler is over. */
  protected endAttempt(bits: StatusBits, error: ActionError | undefined): void {
    tellAttemptEnd(this.actionState, 1, bits, error, undefined);
  }

  /** The attempts, where more is to be told of them than the record itself tells. */
  protected history(): readonly AttemptRecord[] | undefined {
    return undefined;
  }

  halt(stop: Stop): void {
    if (this.over || this.stop !== undefined) return;
    this.stop = stop;
    const { clock, journal, services } = this.run;
    journal?.handlerStopping();
    this.#cancelGrace = clock.setTimer(services.grace, () => this.#abandon(stop));
    this.abort(stop);
  }

  protected abort(stop: Stop): void {
    this.#abort?.abort(stop.reason);
  }

  #abandon(stop: Stop): void {
    const { code, message } = stop.error;
    const grace = formatDuration(this.run.services.grace);
    const text =
      `${message} "${this.actionState.path}" had not settled ${grace} after it was told to stop; ` +
      'its handler may still be running. Pass the signal on to whatever it waits for.';
    this.conclude(stop.bits, recordedError(code, text, stop.error.cause), true);
  }
}
