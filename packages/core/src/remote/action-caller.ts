/**
 * The other side of an executor that has handlers called in other processes: claims the attempt, calls
 * the handler as the engine would, and reports through the store.
 *
 * Invariant: of all deliveries of an attempt one report is kept. Whoever was superseded, because it was
 * thought dead or its action was given up, changes nothing.
 * Read next: ports/executor.ts (what a call is), make-attempt.ts, and engine/handlers/remote-attempt.ts
 * (who waits for the report).
 * @module
 */
import {
  type Clock,
  type Duration,
  isTransient,
  type Limiter,
  parseDuration,
  type RetryPolicy,
  retry,
  systemClock,
} from '@runafter/clock';
import type { WorkflowDefinition } from '../definition/definition.ts';
import { limiterList } from '../definition/rules/limiter-order.ts';
import type { Workflow } from '../definition/workflow.ts';
import { sealingOf } from '../durable/open-run.ts';
import { stamped } from '../durable/run-signals.ts';
import type { Sealing } from '../durable/sealing.ts';
import { CALLED, REPORT, type Report, reportAddress } from '../engine/handlers/report.ts';
import type { ActionCall } from '../ports/executor.ts';
import type { Delivery, NewSignal, RunStore } from '../ports/run-store.ts';
import type { ObservedCall, Telemetry } from '../ports/telemetry.ts';
import { checkedWorkflow } from '../start.ts';
import type { DurableOptions } from '../start-options.ts';
import { CallTelemetry } from './call-telemetry.ts';
import { type FoundAction, findAction } from './find-action.ts';
import { makeAttempt } from './make-attempt.ts';
import { type KnownGiven, readGiven } from './read-given.ts';
import { RemoteContext } from './remote-context.ts';
import { ActionLostError, WorkflowUnknownError } from './remote-errors.ts';
import { reportText } from './report-text.ts';

// biome-ignore lint/suspicious/noExplicitAny: a workflow is contravariant in its input, so only any matches all.
type AnyWorkflow = Workflow<any, unknown>;

/** What a process needs to call handlers of others' runs. */
export interface ActionCallerOptions extends Pick<DurableOptions, 'cipher' | 'valueLimit'> {
  /** Where the runs are kept. */
  readonly store: RunStore;
  /** Every handler takes a permit of it, with those of its action. Shared ones bound all processes. */
  readonly limiter?: Limiter;
  /**
   * After how many lost processes an attempt is given up as `ACTION_LOST`: something in it ends those that
   * it is delivered to. Default 10.
   */
  readonly maxDeliveries?: number;
  /** How long handlers may take to settle after they were told to stop; the workflow's own otherwise. */
  readonly grace?: Duration;
  /** Watches the calls. What it throws becomes a process warning. */
  readonly telemetry?: Telemetry | readonly Telemetry[];
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
  /**
   * How many processes were lost over this attempt, where the queue knows: those that were told to end and
   * gave it back do not count. Default: all that it was delivered to before.
   */
  readonly losses?: number;
  /** The queue that has delivered it, for telemetry. */
  readonly from?: ObservedCall['from'];
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
  readonly #limiters: readonly Limiter[];
  readonly #telemetries: readonly Telemetry[];
  readonly #read: ReturnType<typeof readGiven>;

  constructor(workflows: readonly AnyWorkflow[], options: ActionCallerOptions) {
    for (const workflow of workflows) {
      const { definition } = checkedWorkflow(workflow);
      this.#definitions.set(keyOf(definition.name, definition.version), definition);
    }
    const { clock = systemClock, grace, limiter, telemetry = [] } = options;
    this.#grace = grace === undefined ? undefined : parseDuration(grace, 'grace');
    this.#options = options;
    this.#clock = clock;
    this.#sealing = sealingOf(options);
    this.#limiters = limiterList(limiter);
    this.#telemetries = [telemetry].flat();
    this.#read = readGiven(options.store, this.#sealing);
  }

  knows({ workflow, version }: Pick<ActionCall, 'workflow' | 'version'>): boolean {
    return this.#definitions.has(keyOf(workflow, version));
  }

  async call(call: ActionCall, interruptions: CallInterruptions): Promise<CallOutcome> {
    const action = this.#action(call);
    if (interruptions.handBack.aborted) return 'handedBack';
    const { store, maxDeliveries = 10 } = this.#options;
    const delivery = await store.claimAttempt(call.runId, call.place, call.attempt);
    if (delivery === undefined) return 'superseded';
    const claimed = { ...call.place, attempt: call.attempt, delivery };
    const { losses = delivery - 1 } = interruptions;
    if (losses >= maxDeliveries) {
      const failure = { thrown: new ActionLostError(call, maxDeliveries), isRetryable: false };
      return this.#report(call, claimed, { took: 0, failure }, call.path);
    }
    const known = await this.#read(call);
    if (known === undefined) return 'superseded';
    const report = await this.#made(call, action, known, interruptions);
    const isHandedBack = interruptions.handBack.aborted && !interruptions.stop.aborted;
    const isDone = report !== undefined && report.failure === undefined;
    if (isHandedBack && !isDone) return 'handedBack';
    // Whoever gave the order to stop waits no longer either.
    if (report === undefined) return 'superseded';
    return this.#report(call, claimed, report, known.given.child?.path ?? call.path);
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

  /** How the attempt went; undefined where nobody asks, or the handler has not settled when told to. */
  async #made(
    call: ActionCall,
    action: FoundAction,
    { given, input }: KnownGiven,
    interruptions: CallInterruptions,
  ): Promise<Report | undefined> {
    const abort = new AbortController();
    const forget = abortWith(abort, interruptions);
    const over = new AbortController();
    const context = new RemoteContext(call, given, input, abort.signal);
    const { secureInputs, secureOutputs } = action.node;
    const telemetry = new CallTelemetry(this.#telemetries, call, {
      ...{ runId: context.runId, path: context.path, isSecure: secureInputs || secureOutputs },
      ...{ clock: this.#clock, from: interruptions.from },
    });
    try {
      const attempt = makeAttempt({
        ...{ action, context, handed: given.handed, telemetry },
        ...{ limiters: this.#limiters, clock: this.#clock },
        onCall: async () => action.node.timeout === undefined || (await this.#tellCalled(call)),
      });
      return await Promise.race([attempt, this.#givenUp(call, abort.signal, over.signal)]);
    } finally {
      telemetry.end(undefined);
      over.abort();
      forget();
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

  /** The time of an action runs from the first call of all deliveries. False: nobody asks any more. */
  async #tellCalled(call: ActionCall): Promise<boolean> {
    const id = `${CALLED} ${reportAddress(call.path, call.attempt)}`;
    const answer = await this.#put(call, CALLED, this.#sealing.whole(true, CALLED), { id });
    return answer === 'kept' || answer === 'duplicate';
  }

  /** @param path - what errors call the action. */
  async #report(
    call: ActionCall,
    delivery: Delivery,
    report: Report,
    path: string,
  ): Promise<CallOutcome> {
    const { node } = this.#action(call);
    const text = await reportText(report, { node, path }, this.#sealing);
    const answer = await this.#put(call, REPORT, text, { delivery });
    return answer === 'kept' ? 'reported' : 'superseded';
  }

  #put(
    { runId, path, attempt }: ActionCall,
    event: string,
    payload: string,
    more: Pick<NewSignal, 'id' | 'delivery'>,
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
}

function keyOf(workflow: string, version: string | undefined): string {
  return JSON.stringify([workflow, version ?? null]);
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
