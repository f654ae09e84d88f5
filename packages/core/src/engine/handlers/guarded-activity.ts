/**
 * A handler with something between "ready" and "called": an executor, limiters, a time-out, retries,
 * or something to be done with its output.
 *
 * Where an executor has the handler called in another process, the limiters of the action and the
 * trimming of its output are that process's; retries, time-outs and orders to stop stay here.
 *
 * Each attempt goes through the executor, then takes a permit of each limiter, then calls the handler;
 * while it waits for the next attempt its permits are back, and told what the last one failed with.
 * Told to stop before its first call, the action has not started and is skipped.
 * @module
 */
import { type Limiter, noRetry, type RetryPolicy, retry } from '@runafter/clock';
import { toFault } from '@runafter/errors';
import type { ActionNode } from '../../definition/definition.ts';
import { inLimiterOrder } from '../../definition/rules/limiter-order.ts';
import { isThenable } from '../../definition/rules/show-value.ts';
import type { ActionError } from '../../result.ts';
import { FAILED, type StatusBits } from '../../status.ts';
import type { Progress } from '../journal.ts';
import type { AttemptRecord } from '../records/action-record.ts';
import { attemptRecord } from '../records/attempt-record.ts';
import { type Stop, timedOut } from '../stop.ts';
import { tellAttemptEnd, tellAttemptStart, tellStart } from '../tell.ts';
import { Activity } from './activity.ts';
import { checkPayload } from './payload.ts';
import { Permits } from './permits.ts';
import { type AttemptTiming, RemoteAttempt, type Send } from './remote-attempt.ts';
import { REPORT, type Report, reportAddress, thrownOf } from './report.ts';
import { isWorthAnother } from './worth-another.ts';

export class GuardedActivity extends Activity {
  #attempt = 1;
  /** When the attempt that runs was called; undefined between attempts. */
  #attemptStarted: number | undefined;
  #called = false;
  /** Another process has called the handler for the first time, and nothing is known of how that ended. */
  #calledBefore = false;
  readonly #attempts: AttemptRecord[] = [];
  readonly #permits = new Permits();
  /** The attempt, while another process makes it. */
  #remote: RemoteAttempt | undefined;
  /** What another process has told of the attempt; undefined of one that was made here. */
  #report: Report | undefined;
  #cancelTimeout: (() => void) | undefined;

  override get attempt(): number {
    return this.#attempt;
  }

  /** Those that are over; the action still runs. */
  attempts(): readonly AttemptRecord[] {
    return [...this.#attempts];
  }

  override start(): void {
    this.actionState.detail = this;
    // For what fails before its first call, such as at a limiter.
    this.actionState.started = this.run.startOffset();
    const progress = this.run.journal?.progress(this.actionState);
    const output = progress === undefined ? this.#attemptAll() : this.#goOn(progress);
    output
      .then((output) => this.#trim(output))
      .then(
        (output) => this.succeeded(output),
        (thrown: unknown) => this.failed(thrown),
      );
  }

  /** @param since - when the first attempt of all began, in milliseconds since 1970. */
  #attemptAll(since?: number): Promise<unknown> {
    const { clock, journal, services } = this.run;
    return retry(({ number }) => this.#dispatch(number), this.#retryPolicy(), {
      clock,
      signal: this.signal,
      random: services.random,
      firstAttempt: this.#attempts.length + 1,
      since,
      onRetry: ({ error, wait, at }) => {
        this.endAttempt(FAILED, this.errorOf(error), wait);
        const { run, actionState: state } = this;
        const started = run.epoch + state.started;
        return journal?.save(state, { started, attempts: [...this.#attempts], due: at });
      },
    });
  }

  get #isElsewhere(): boolean {
    return this.run.services.executor?.isRemote === true;
  }

  /** Whoever has caught an error can tell best what it is: of a reported one there is a copy here. */
  #retryPolicy(): RetryPolicy {
    const { retry: policy = noRetry } = this.#node;
    if (!this.#isElsewhere || policy.type === 'none') return policy;
    const when = (error: unknown): boolean =>
      this.#report?.failure?.isRetryable ?? isWorthAnother(policy, error);
    return { ...policy, when };
  }

  /** Goes on with the attempts, the wait and the time that another process has left. */
  async #goOn({ started, attempts = [], due = 0, deadline }: Progress): Promise<unknown> {
    const { run, actionState: state } = this;
    if (started !== undefined) state.started = started - run.epoch;
    this.#attempts.push(...attempts);
    this.#attempt = attempts.length;
    this.#calledBefore = attempts.length === 0;
    this.#begin();
    if (!this.#isElsewhere || this.#isCountedDown(deadline)) this.#startTimeout();
    await run.clock.sleep(Math.max(0, due - run.clock.now()), { signal: this.signal });
    return this.#attemptAll(started);
  }

  /** Its time runs, and no report is there that was in time. */
  #isCountedDown(deadline: number | undefined): boolean {
    if (deadline === undefined) return false;
    const address = reportAddress(this.actionState.fullPath, this.#attempt + 1);
    return !this.run.services.mailbox.holds(REPORT, address, deadline);
  }

  override halt(stop: Stop): void {
    // The run goes on in another process, and the attempt for it.
    if (this.#remote !== undefined && this.run.journal?.closed) {
      this.stop = stop;
      this.conclude(stop.bits, stop.error);
    } else if (this.#called) super.halt(stop);
    else if (!this.over) {
      this.over = true;
      this.stop = stop;
      this.abort(stop);
      this.run.skipStopped(this.actionState, stop);
    }
  }

  /** Who goes on with the run takes what is reported as it is; so the order must be known by then. */
  protected override abort(stop: Stop): void {
    const { journal } = this.run;
    if (this.#remote === undefined || journal === undefined) super.abort(stop);
    else void journal.ordersKept().then(() => super.abort(stop));
  }

  get #node(): ActionNode {
    return this.actionState.node as ActionNode;
  }

  /** Resolves with the handler's output once the executor has had its attempt run. */
  #dispatch(number: number): Promise<unknown> {
    this.#attempt = number;
    this.#report = undefined;
    const { executor } = this.run.services;
    if (executor === undefined) return this.#call();
    const { run, path, idempotencyKey, signal } = this;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      let called: Promise<unknown> | undefined;
      const runOnce = async (call: () => Promise<unknown>): Promise<void> => {
        called ??= call();
        resolve(called);
        await called.catch(() => undefined);
      };
      const workflow = run.workflow.name;
      try {
        const dispatched: unknown = executor.dispatch({
          runId: run.id,
          workflow,
          path,
          address: this.actionState.fullAddress,
          attempt: number,
          isResumed: run.journal?.hasBegun(this.actionState) ?? false,
          idempotencyKey,
          signal,
          run: () => runOnce(() => this.#call()),
          runElsewhere: (send) => runOnce(() => this.#callElsewhere(number, send)),
        });
        // An executor that is written with async fails this way.
        if (isThenable(dispatched)) dispatched.then(undefined, (error) => run.fault(error));
      } catch (error) {
        run.fault(error);
      }
    });
  }

  async #call(): Promise<unknown> {
    try {
      await this.#within(() => this.#permits.take(this.#limiters(), this.signal));
      // Nothing may come between this and the beginning: what was told to stop before is not called.
      this.signal.throwIfAborted();
      this.#beginAttempt();
      this.#startTimeout();
      const output = await this.#within(() => this.call());
      this.#permits.giveBack(this.stop?.reason);
      return output;
    } catch (thrown) {
      // How a call ended that was told to stop says nothing of the service.
      this.#permits.giveBack(this.stop?.reason ?? thrown ?? toFault(thrown));
      throw thrown;
    }
  }

  #within<R>(call: () => R): R {
    const { telemetry } = this.run.services;
    return telemetry === undefined
      ? call()
      : telemetry.within(this.actionState, this.#attempt, call);
  }

  /** Has another process make the attempt. */
  async #callElsewhere(attempt: number, send: Send): Promise<unknown> {
    try {
      const { bounds } = this.run.services;
      await this.#within(() => this.#permits.take(bounds, this.signal));
      this.signal.throwIfAborted();
      this.#beginAttempt();
      this.#remote = new RemoteAttempt(this.actionState, attempt, this.#timing());
      const report = await this.#remote.made(send);
      this.#report = report;
      this.#beganAgo(report.took);
      if (report.failure === undefined) return report.output;
      const { calledAt } = this.#remote;
      if (calledAt !== undefined) this.#startTimeout(calledAt);
      throw thrownOf(report.failure);
    } finally {
      this.#remote = undefined;
      this.#permits.giveBack(undefined);
    }
  }

  #timing(): AttemptTiming | undefined {
    const { run, actionState: state } = this;
    const { timeout } = this.#node;
    if (timeout === undefined) return undefined;
    const deadline = run.journal?.progress(state)?.deadline;
    return { timeout, deadline, onCalled: (at) => this.#startTimeout(at) };
  }

  /** The time in the queue is none of the attempt's. */
  #beganAgo(took: number): void {
    const { run, actionState: state } = this;
    const began = Math.max(this.#attemptStarted ?? 0, Math.trunc(run.offset() - took));
    if (state.started === this.#attemptStarted) state.started = began;
    this.#attemptStarted = began;
  }

  #limiters(): readonly Limiter[] {
    const { limiters, bounds } = this.run.services;
    return [...inLimiterOrder(this.#node.limiters, limiters), ...bounds];
  }

  #beginAttempt(): void {
    const { run, actionState: state } = this;
    this.#attemptStarted = run.offset();
    if (!this.#called) {
      state.started = this.#attemptStarted;
      this.#begin();
    }
    tellAttemptStart(state, this.#attempt);
  }

  /** The action has begun: from now on it can be told to stop. */
  #begin(): void {
    this.#called = true;
    tellStart(this.actionState);
  }

  /**
   * The handler was called for the first time: from now on the action's time runs.
   *
   * @param since - when that was in another process, in milliseconds since 1970.
   */
  #startTimeout(since?: number): void {
    const { run, actionState: state } = this;
    const { timeout } = this.#node;
    if (timeout === undefined || this.over || this.#cancelTimeout !== undefined) return;
    const left = run.timeLeft(state, timeout, since);
    this.#cancelTimeout = run.clock.setTimer(left, () => this.#timeIsUp());
    // The handler is not called again where a restart has slept through the rest of its time.
    if (left === 0 && timeout !== 0) this.#timeIsUp();
  }

  #timeIsUp(): void {
    const message = `"${this.path}" took longer than its timeout allows.`;
    this.halt(timedOut('ACTION_TIMED_OUT', message));
  }

  protected override endAttempt(
    bits: StatusBits,
    error: ActionError | undefined,
    wait?: number,
  ): void {
    const started = this.#attemptStarted;
    if (started === undefined) return;
    this.#attemptStarted = undefined;
    this.#attempts.push(attemptRecord(this.run, this.#attempt, started, error, wait));
    tellAttemptEnd(this.actionState, this.#attempt, bits, error, wait);
  }

  /** What is kept of the output, within the limit of its size; whoever was told to stop hands over nothing. */
  async #trim(output: unknown): Promise<unknown> {
    if (this.stop !== undefined) return undefined;
    if (this.#report !== undefined) {
      this.run.dropped.payloadBytes += this.#report.payloadBytes ?? 0;
      return output;
    }
    const { select, payloadLimit } = this.#node;
    const kept = select === undefined ? output : await select(output);
    if (payloadLimit !== undefined) {
      this.run.dropped.payloadBytes += checkPayload(kept, this.path, payloadLimit);
    }
    return kept;
  }

  protected override conclude(bits: StatusBits, value: unknown, unsettled = false): void {
    if (this.over) return;
    this.#cancelTimeout?.();
    this.#remote?.end();
    // A handler that is given up may never settle; the others must not wait for its permits.
    this.#permits.giveBack(this.stop?.reason);
    super.conclude(bits, value, unsettled);
  }

  protected override history(): readonly AttemptRecord[] | undefined {
    const [only, ...others] = this.#attempts;
    if (only === undefined && this.#calledBefore) return undefined;
    // A single attempt is the action itself, unless the wait for the next one was cut short.
    return only !== undefined && only.wait === undefined && others.length === 0
      ? undefined
      : this.#attempts;
  }
}
