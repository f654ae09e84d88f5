/**
 * The other side of an executor that has handlers called in other processes: claims the attempt, calls
 * the handler as the engine would, and reports through the store.
 *
 * Invariant: of all deliveries of an attempt one report is kept. Whoever was superseded, because it was
 * thought dead or its action was given up, changes nothing.
 * Read next: ports/executor.ts (what a call is), engine/handlers/remote-attempt.ts (who waits).
 * @module
 */
import {
  type Clock,
  type Duration,
  isTransient,
  type Limiter,
  noRetry,
  type Permit,
  parseDuration,
  type RetryPolicy,
  retry,
  retryAfterOf,
  systemClock,
} from '@runafter/clock';
import { toFault } from '@runafter/errors';
import type { WorkflowDefinition } from '../definition/definition.ts';
import { inLimiterOrder, limiterList } from '../definition/rules/limiter-order.ts';
import type { Workflow } from '../definition/workflow.ts';
import { sealingOf } from '../durable/open-run.ts';
import { stamped } from '../durable/run-signals.ts';
import type { Sealing } from '../durable/sealing.ts';
import { CALLED, REPORT, type Report, reportAddress } from '../engine/handlers/report.ts';
import type { ActionCall } from '../ports/executor.ts';
import type { Delivery, RunStore } from '../ports/run-store.ts';
import { checkedWorkflow } from '../start.ts';
import type { DurableOptions } from '../start-options.ts';
import { type FoundAction, findAction } from './find-action.ts';
import { readGiven } from './read-given.ts';
import { RemoteContext } from './remote-context.ts';
import { ActionLostError, WorkflowUnknownError } from './remote-errors.ts';

// biome-ignore lint/suspicious/noExplicitAny: a workflow is contravariant in its input, so only any matches all.
type AnyWorkflow = Workflow<any, unknown>;

/** What a process needs to call handlers of others' runs. */
export interface ActionCallerOptions extends Pick<DurableOptions, 'cipher' | 'valueLimit'> {
  /** Where the runs are kept. */
  readonly store: RunStore;
  /** Every handler takes a permit of it, with those of its action. Shared ones bound all processes. */
  readonly limiter?: Limiter;
  /**
   * How often an attempt may be delivered before it is given up as `ACTION_LOST`: something in it ends
   * the processes that it is given to. Default 10.
   */
  readonly maxDeliveries?: number;
  /** How long handlers may take to settle after they were told to stop; the workflow's own otherwise. */
  readonly grace?: Duration;
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/** How a call can be interrupted. */
export interface CallInterruptions {
  /** The action is to stop: aborts the handler's signal. What becomes of it is reported. */
  readonly stop: AbortSignal;
  /**
   * The process is to end: aborts the handler's signal as well, but a failure that follows is not
   * reported, because another process will make the attempt again.
   */
  readonly handBack: AbortSignal;
}

/**
 * - `reported`: the attempt is over.
 * - `superseded`: nobody waits for this one any more: its action has ended, its run is gone, or another
 *   process makes the attempt.
 * - `handedBack`: it is to be made by another process.
 */
export type CallOutcome = 'reported' | 'superseded' | 'handedBack';

/** See {@link actionCaller}. */
export interface ActionCaller {
  /**
   * Makes an attempt, from its claim to its report. To be called once for each delivery.
   *
   * @throws {WorkflowUnknownError} `WORKFLOW_UNKNOWN`, as all of these as a rejection: nothing was done.
   * @throws {CipherError} `CIPHER_FAILED`: what the handler is given cannot be read here.
   */
  call(call: ActionCall, interruptions: CallInterruptions): Promise<CallOutcome>;
  /** The definition, in the version that a call asks for. */
  knows(call: Pick<ActionCall, 'workflow' | 'version'>): boolean;
}

/** A report is worth more than the wait for a store that is away. */
const reportRetry: RetryPolicy = {
  type: 'exponential',
  count: Number.POSITIVE_INFINITY,
  interval: '100ms',
  maximum: '5s',
  totalTime: '2m',
  when: isTransient,
};

/** What stands around an output in its report. */
const reportMargin = 1_024;

/**
 * Makes what calls the handlers of these workflows for the runs of other processes.
 *
 * @throws {RunOptionError} `RUN_OPTION_INVALID`: something is no workflow.
 */
export function actionCaller(
  workflows: readonly AnyWorkflow[],
  options: ActionCallerOptions,
): ActionCaller {
  return new Caller(workflows, options);
}

class Caller implements ActionCaller {
  readonly #definitions = new Map<string, WorkflowDefinition>();
  readonly #actions = new Map<string, FoundAction>();
  readonly #options: ActionCallerOptions;
  readonly #clock: Clock;
  readonly #grace: number | undefined;
  readonly #sealing: Sealing;
  readonly #reports: Sealing;
  readonly #limiters: readonly Limiter[];
  readonly #read: ReturnType<typeof readGiven>;

  constructor(workflows: readonly AnyWorkflow[], options: ActionCallerOptions) {
    for (const workflow of workflows) {
      const { definition } = checkedWorkflow(workflow);
      this.#definitions.set(keyOf(definition.name, definition.version), definition);
    }
    const { clock = systemClock, grace, limiter, valueLimit } = options;
    this.#grace = grace === undefined ? undefined : parseDuration(grace, 'grace');
    this.#options = options;
    this.#clock = clock;
    this.#sealing = sealingOf(options);
    // The process that gets the report looks at the limit itself.
    const limit = valueLimit === undefined ? undefined : valueLimit + reportMargin;
    this.#reports = sealingOf({ ...options, ...(limit !== undefined && { valueLimit: limit }) });
    this.#limiters = limiterList(limiter);
    this.#read = readGiven(options.store, this.#sealing);
  }

  knows({ workflow, version }: Pick<ActionCall, 'workflow' | 'version'>): boolean {
    return this.#definitions.has(keyOf(workflow, version));
  }

  async call(call: ActionCall, interruptions: CallInterruptions): Promise<CallOutcome> {
    const action = this.#action(call);
    const { store, maxDeliveries = 10 } = this.#options;
    const delivery = await store.claimAttempt(call.runId, call.place, call.attempt);
    if (delivery === undefined) return 'superseded';
    const claimed: Delivery = { ...call.place, attempt: call.attempt, delivery };
    if (delivery > maxDeliveries) {
      const failure = { thrown: new ActionLostError(call, maxDeliveries), isRetryable: false };
      return this.#report(call, claimed, { took: 0, failure });
    }
    const known = await this.#read(call);
    if (known === undefined) return 'superseded';
    const abort = new AbortController();
    const forget = abortWith(abort, interruptions);
    const over = new AbortController();
    try {
      const context = new RemoteContext(call, known.given, known.input, abort.signal);
      const settled = this.#settle(call, action, known.given.handed, context);
      const report = await Promise.race([settled, this.#givenUp(call, abort.signal, over.signal)]);
      const isHandedBack = interruptions.handBack.aborted && !interruptions.stop.aborted;
      if (isHandedBack && (report === undefined || report.failure !== undefined))
        return 'handedBack';
      // Whoever gave the order to stop waits no longer either.
      if (report === undefined) return 'superseded';
      return await this.#report(call, claimed, report);
    } finally {
      over.abort();
      forget();
    }
  }

  #action(call: ActionCall): FoundAction {
    const { workflow, version, address } = call;
    const key = keyOf(workflow, version);
    const definition = this.#definitions.get(key);
    if (definition === undefined) throw new WorkflowUnknownError(workflow, version);
    const known = this.#actions.get(`${key} ${address}`) ?? findAction(definition, address);
    if (known === undefined) throw new WorkflowUnknownError(workflow, version, address);
    this.#actions.set(`${key} ${address}`, known);
    return known;
  }

  /** Calls the handler and resolves with how it went. Never rejects. */
  async #settle(
    call: ActionCall,
    { node, limiters }: FoundAction,
    handed: readonly unknown[],
    context: RemoteContext,
  ): Promise<Report> {
    const { signal } = context;
    const permits: Permit[] = [];
    let began = this.#clock.monotonic();
    const took = (): number => Math.max(0, Math.round(this.#clock.monotonic() - began));
    let isTrimming = false;
    try {
      for (const limiter of inLimiterOrder(limiters, this.#limiters)) {
        permits.push(await limiter.acquire({ signal }));
      }
      signal.throwIfAborted();
      if (node.timeout !== undefined) await this.#tellCalled(call);
      began = this.#clock.monotonic();
      const output = await node.run(handed, context);
      release(permits, signal.aborted ? signal.reason : undefined);
      isTrimming = true;
      return {
        took: took(),
        output: node.select === undefined ? output : await node.select(output),
      };
    } catch (thrown) {
      release(permits, signal.aborted ? signal.reason : (thrown ?? toFault(thrown)));
      const isRetryable = !isTrimming && isWorthAnother(node.retry, thrown);
      const retryAfter = retryAfterOf(thrown, this.#clock);
      return { took: took(), failure: { thrown, isRetryable, retryAfter } };
    }
  }

  /** Resolves when the handler was told to stop, and has had its time to settle. */
  async #givenUp(
    { workflow, version }: ActionCall,
    signal: AbortSignal,
    over: AbortSignal,
  ): Promise<undefined> {
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    }
    const definition = this.#definitions.get(keyOf(workflow, version));
    const grace = this.#grace ?? definition?.grace ?? 0;
    await this.#clock.sleep(grace, { signal: over }).catch(() => undefined);
    return undefined;
  }

  /** The time of an action runs from the first call of all deliveries. */
  async #tellCalled(call: ActionCall): Promise<void> {
    const id = `${CALLED} ${reportAddress(call.path, call.attempt)}`;
    await this.#put(call, CALLED, this.#sealing.whole(true, CALLED), { id });
  }

  async #report(call: ActionCall, delivery: Delivery, report: Report): Promise<CallOutcome> {
    const text = await this.#encoded(call, report);
    return (await this.#put(call, REPORT, text, { delivery })) === 'kept'
      ? 'reported'
      : 'superseded';
  }

  #put(
    { runId, path, attempt }: ActionCall,
    event: string,
    payload: string,
    more: { readonly id: string } | { readonly delivery: Delivery },
  ): ReturnType<RunStore['putSignal']> {
    const correlate = reportAddress(path, attempt);
    const signal = {
      ...{ event, correlate, ...more },
      payload: stamped(this.#clock.now(), payload),
    };
    return retry(() => this.#options.store.putSignal(runId, signal), reportRetry, {
      clock: this.#clock,
    });
  }

  /** What cannot be told as it is becomes a failure that says so. */
  async #encoded(call: ActionCall, report: Report): Promise<string> {
    const what = `The output of "${call.path}"`;
    let text: string;
    try {
      text = this.#reports.limited(report, what);
    } catch (thrown) {
      text = this.#sealing.whole(failureOf(thrown, report), what);
    }
    return await this.#sealing.encrypt(text, true, what);
  }
}

function keyOf(workflow: string, version: string | undefined): string {
  return JSON.stringify([workflow, version ?? null]);
}

/** An error that carries what cannot be stored is told by its code and message alone. */
function failureOf(thrown: unknown, { took, failure }: Report): Report {
  if (failure === undefined) return { took, failure: { thrown, isRetryable: false } };
  const { code, message } = toFault(failure.thrown);
  return { took, failure: { ...failure, thrown: Object.assign(new Error(message), { code }) } };
}

function isWorthAnother(policy: RetryPolicy = noRetry, thrown: unknown): boolean {
  if (policy.type === 'none') return false;
  if (policy.when !== undefined) return policy.when(thrown);
  return !(thrown instanceof Error && thrown.name === 'AbortError');
}

function release(permits: Permit[], failure: unknown): void {
  for (const permit of permits.splice(0)) permit.release(failure);
}

/** @returns leaves both signals. */
function abortWith(controller: AbortController, { stop, handBack }: CallInterruptions): () => void {
  const forgets = [stop, handBack].map((signal) => {
    const onAbort = (): void => controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    return () => signal.removeEventListener('abort', onAbort);
  });
  return () => {
    for (const forget of forgets) forget();
  };
}
