/**
 * The scheduler of one run: it starts what is ready, records what has ended, and counts down what waits.
 *
 * Invariant: an action is dispatched exactly when the last of its predecessors has ended. `end()` is
 * the only place where a status becomes terminal, and the outcome is in the journal, if there is one,
 * before anything that runs after it starts. The queue makes a chain of 100,000 handlers that
 * return at once a loop, not a recursion.
 * Read next: frame.ts (a body being run), activity.ts (one handler), body-owner.ts (containers).
 * @module
 */
import type { Clock, Limiter, Random } from '@runafter/clock';
import type { WorkflowDefinition } from '../definition/definition.ts';
import type { Executor } from '../ports/executor.ts';
import { FAILED, RUNNING, SKIPPED, type StatusBits, SUCCEEDED } from '../status.ts';
import { type ActionState, UNMET } from './action-state.ts';
import { AttemptHistory, notStarted, SkippedByStop } from './detail.ts';
import type { EventHub } from './events.ts';
import type { Frame } from './frame.ts';
import { handOver } from './hand-over.ts';
import type { Journal } from './journal.ts';
import { RootBody } from './kinds/root-body.ts';
import { recordsOfSkippedContainer } from './kinds/skipped-container.ts';
import type { Mailbox } from './mailbox.ts';
import type { ActionRecord } from './records/action-record.ts';
import { Digest } from './records/digest.ts';
import { errorOf } from './records/secure.ts';
import type { RunTelemetry } from './run-telemetry.ts';
import { startNode } from './start-node.ts';
import { cancelled, type Stop } from './stop.ts';
import { tellEnd, tellRunStart } from './tell.ts';

/** What a run works with; a child's run shares most of it with its parent's. */
export interface RunServices {
  readonly clock: Clock;
  readonly random: Random;
  /** Undefined: handlers are called in this process, as soon as they are ready. */
  readonly executor: Executor | undefined;
  /** Taken by every handler of the run, with those that stand on its action. */
  readonly limiters: readonly Limiter[];
  /**
   * The run's own bound on handlers, and that of its parent's run. Taken last, the innermost first:
   * whoever still waits for something else takes up no room in them.
   */
  readonly bounds: readonly Limiter[];
  /** Milliseconds that handlers get to settle after they were told to stop. */
  readonly grace: number;
  readonly events: EventHub;
  readonly mailbox: Mailbox;
  /** Undefined: nobody watches. */
  readonly telemetry?: RunTelemetry | undefined;
}

/** What a run is called; both parts are made when somebody asks, unless they are given. */
export interface RunIdentity {
  readonly id?: string | undefined;
  /** What idempotency keys begin with. Default: the id. */
  readonly keyRoot?: string;
  /** Of a child's run: the action in which it runs. */
  readonly around?: ActionState;
}

/** Fewer started actions than this are not worth being let go of one by one. */
const minBatch = 1_000;

/** Told once, with the fault where the run could not go on. */
export type RunEndListener = (fault: { readonly error: unknown } | undefined) => void;

export class RunEngine {
  readonly workflow: WorkflowDefinition;
  readonly input: unknown;
  readonly services: RunServices;
  readonly clock: Clock;
  readonly events: EventHub;
  /** Of a durable run, from before it begins; a child's run shares that of its parent. */
  journal: Journal | undefined;
  /** Milliseconds since 1970 when the run started; records count from it. */
  epoch = 0;
  /** RUNNING until the run has ended. */
  bits: StatusBits = RUNNING;
  /** Milliseconds from its start to its end; 0 while it goes on. */
  ended = 0;
  readonly root: RootBody;
  /** Handlers can be called at once: nothing of the run stands before them. */
  readonly plain: boolean;
  /** Of a child's run: the action of its parent's run in which it runs. */
  readonly around: ActionState | undefined;
  /** What idempotency keys begin with. */
  #keyRoot: string | undefined;
  #id: string | undefined;
  #dropped: Digest | undefined;
  /** The time of the outcome whose successors are being started, until a handler has been called. */
  #turn: number | undefined;
  #origin = 0;
  #ready: ActionState[] = [];
  #draining = false;
  readonly #onEnd: RunEndListener;

  constructor(
    workflow: WorkflowDefinition,
    input: unknown,
    identity: RunIdentity,
    services: RunServices,
    onEnd: RunEndListener,
  ) {
    this.workflow = workflow;
    this.input = input;
    this.#id = identity.id;
    this.#keyRoot = identity.keyRoot;
    this.around = identity.around;
    this.services = services;
    this.clock = services.clock;
    this.events = services.events;
    this.journal = undefined;
    this.plain =
      services.executor === undefined &&
      services.limiters.length === 0 &&
      services.bounds.length === 0;
    this.root = new RootBody(this);
    this.#onEnd = onEnd;
  }

  /** Made when somebody asks: most runs that are not stored are never asked. */
  get id(): string {
    this.#id ??= crypto.randomUUID();
    return this.#id;
  }

  get keyRoot(): string {
    return this.#keyRoot ?? this.id;
  }

  /** Makes the run durable, with the keys that it has in its store. */
  keepIn(journal: Journal, keyRoot: string): void {
    this.journal = journal;
    this.#keyRoot = keyRoot;
  }

  /** Milliseconds since the run started, whole. */
  offset(): number {
    const offset = this.clock.monotonic() - this.#origin;
    return offset < 0x7fff_ffff ? offset | 0 : Math.trunc(offset);
  }

  /** The time of the run, in milliseconds since 1970; a child's run begins in that of its parent. */
  now(): number {
    return this.epoch + this.offset();
  }

  /**
   * The run goes on from this moment at the earliest, in milliseconds since 1970. Another process has
   * recorded it, whose clock may be ahead; nothing that follows from it may seem to come before it.
   */
  catchUpWith(time: number): void {
    this.around?.frame.owner.run.catchUpWith(time);
    this.#origin = Math.min(this.#origin, this.clock.monotonic() - (time - this.epoch));
  }

  /**
   * When something starts, or the run ends. What happens because something has ended happens in the
   * same instant: that saves every second look at the clock.
   */
  startOffset(): number {
    const offset = this.#turn ?? this.offset();
    this.#turn = undefined;
    return offset;
  }

  /** Milliseconds until something's time is up: less than all of it where another process has begun it. */
  timeLeft(of: ActionState | RunEngine, timeout: number, since?: number): number {
    return this.journal?.timeLeft(of, timeout, since) ?? timeout;
  }

  /** What is known of the iterations that were not kept. */
  get dropped(): Digest {
    this.#dropped ??= new Digest('dropped');
    return this.#dropped;
  }

  begin(timeout: number | undefined): void {
    if (this.bits !== RUNNING) return;
    const now = this.around?.frame.owner.run.now() ?? this.clock.now();
    this.epoch = this.journal?.epochOf(this) ?? now;
    this.#turn = Math.max(0, now - this.epoch);
    this.#origin = this.clock.monotonic() - this.#turn;
    tellRunStart(this);
    try {
      this.root.beginWithin(timeout);
    } catch (error) {
      this.fault(error);
    }
    this.drain();
    // What starts later, after something was read or kept, starts in its own time.
    this.#turn = undefined;
  }

  /** Ends the run before it has begun. */
  refuse(stop: Stop): void {
    this.root.refuse(stop);
    this.begin(undefined);
  }

  /** Starts a body: everything in it that waits for nothing. */
  open(frame: Frame): void {
    const { nodes, roots } = frame.body;
    if (this.journal?.mayKnow(frame)) void this.#reopen(frame, this.journal);
    else if (nodes.length === 0) frame.owner.frameEnded(frame);
    else for (const index of roots) this.dispatch(frame.at(index));
  }

  /** Starts again a body that another process may have started: what has ended there does not run again. */
  async #reopen(frame: Frame, journal: Journal): Promise<void> {
    try {
      await journal.restore(frame);
      if (!journal.closed) this.#goOn(frame);
    } catch (error) {
      this.fault(error);
    }
  }

  #goOn(frame: Frame): void {
    const open = frame.states.filter((state) => !state.hasEnded);
    for (const state of frame.states) {
      if (!state.hasEnded) continue;
      for (const { to, accepts } of state.node.successors) {
        const next = frame.at(to);
        next.waiting--;
        if ((accepts & state.bits) === 0 && !next.hasEnded) next.bits = UNMET;
      }
      frame.remaining--;
      frame.owner.childEnded?.(state);
    }
    if (frame.remaining === 0) frame.owner.frameEnded(frame);
    for (const state of open) {
      if (state.waiting === 0) void this.#startAgain(state);
    }
    this.drain();
  }

  /** Starts what another process may have started, with what is known of it. */
  async #startAgain(state: ActionState): Promise<void> {
    const { owner } = state.frame;
    if (state.bits === UNMET || (owner.stop !== undefined && isAfter(owner.stop, state))) {
      this.dispatch(state);
      return;
    }
    try {
      state.handed = handOver(state.frame, state.node.inputs);
      await this.journal?.recall(state);
      if (owner.stop === undefined) await this.#askBeforeStart(state);
      const { stop } = owner;
      if (stop !== undefined && leafKinds.has(state.node.kind)) {
        this.#recallAttempts(state);
        if (this.root.isTerminatedBy(state.node)) this.end(state, SUCCEEDED, undefined);
        else this.end(state, stop.bits, stop.error);
      } else if (state.bits === RUNNING) {
        startNode(this, state);
        // What is inside may have something to do before it ends, such as to undo what was done.
        if (stop !== undefined) state.detail?.halt?.(stop);
      }
    } catch (error) {
      this.fault(error);
    }
    this.drain();
  }

  /** What another process has begun of an action, and this one does not go on with. */
  #recallAttempts(state: ActionState): void {
    const { started, attempts } = this.journal?.progress(state) ?? {};
    state.started = started === undefined ? this.offset() : started - this.epoch;
    if (attempts !== undefined) state.detail = new AttemptHistory(attempts, false);
  }

  async #askBeforeStart(state: ActionState): Promise<void> {
    try {
      await state.frame.owner.childStarting?.(state);
    } catch (error) {
      this.#failHeld(state, error);
    }
  }

  /** Starts an action whose predecessors have all ended, or skips it. */
  dispatch(state: ActionState): void {
    const { owner } = state.frame;
    const { stop } = owner;
    if (stop !== undefined && (state.bits !== UNMET || isUnmetBecauseOf(stop, state))) {
      this.skipStopped(state, stop);
    } else if (state.bits === UNMET) this.skip(state);
    else {
      state.handed = handOver(state.frame, state.node.inputs);
      const held = owner.childStarting?.(state);
      if (held === undefined) startNode(this, state);
      else
        held.then(
          () => this.#startHeld(state),
          (error) => this.#failHeld(state, error),
        );
    }
  }

  #startHeld(state: ActionState): void {
    const { stop } = state.frame.owner;
    if (stop === undefined) startNode(this, state);
    else this.skipStopped(state, stop);
    this.drain();
  }

  #failHeld(state: ActionState, error: unknown): void {
    state.started = this.offset();
    this.end(state, FAILED, errorOf(error, state.node, state.path));
  }

  /** Skips what was ready, but must not start any more. */
  skipStopped(state: ActionState, stop: Stop): void {
    state.detail = new SkippedByStop(stop);
    this.skip(state);
  }

  /** Ends something as Skipped. */
  skip(state: ActionState): void {
    state.started = this.offset();
    this.end(state, SKIPPED, undefined);
  }

  /** Ends an action or container, once. `value` is its output when it Succeeded, else its error. */
  end(state: ActionState, bits: StatusBits, value: unknown): void {
    if (this.journal !== undefined) {
      void this.#endInJournal(state, bits, value, this.journal).then((kept) => {
        if (kept) this.#advance(state);
      });
      return;
    }
    this.#close(state, bits, value);
    this.#turn = state.ended;
    this.#advance(state);
    this.#turn = undefined;
  }

  /** Ends something that nothing runs after: a function of a container kind's last phase. */
  async endShielded(state: ActionState, bits: StatusBits, value: unknown): Promise<void> {
    if (this.journal === undefined) this.#close(state, bits, value);
    // Of a run that goes on nowhere, or elsewhere, nothing goes on here.
    else if (!(await this.#endInJournal(state, bits, value, this.journal))) {
      await new Promise(() => undefined);
    }
  }

  #close(state: ActionState, bits: StatusBits, value: unknown): void {
    state.bits = bits;
    state.value = value;
    state.ended = bits === SKIPPED ? state.started : this.offset();
    tellEnd(state);
  }

  /**
   * Ends it at once, and resolves when the outcome is kept: false when it cannot be, which ends the run.
   * An output that cannot be kept fails its action before anyone hears of it.
   */
  async #endInJournal(
    state: ActionState,
    bits: StatusBits,
    value: unknown,
    journal: Journal,
  ): Promise<boolean> {
    if (journal.closed) return false;
    try {
      const sealed = bits === SUCCEEDED ? journal.seal(state, value) : nothingSealed;
      if ('error' in sealed) {
        this.#close(state, FAILED, sealed.error);
        await journal.record(state, undefined);
      } else {
        this.#close(state, bits, value);
        await journal.record(state, sealed.text);
      }
      return !journal.closed;
    } catch (error) {
      this.fault(error);
      return false;
    }
  }

  #advance(state: ActionState): void {
    const { frame, bits } = state;
    for (const { to, accepts } of state.node.successors) {
      const next = frame.at(to);
      if ((accepts & bits) === 0) next.bits = UNMET;
      if (--next.waiting === 0) this.#ready.push(next);
    }
    frame.owner.childEnded?.(state);
    if (--frame.remaining === 0) frame.owner.frameEnded(frame);
    if (this.#ready.length > 0) this.drain();
  }

  /** Starts what has become ready, until nothing is. */
  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    const ready = this.#ready;
    try {
      for (let next = 0; next < ready.length; next++) {
        this.dispatch(ready[next] as ActionState);
        // A loop of handlers that return at once runs to its end in here: let go of what has started.
        if (next >= minBatch && next * 2 >= ready.length) {
          ready.splice(0, next + 1);
          next = -1;
        }
      }
    } catch (error) {
      this.fault(error);
    }
    ready.length = 0;
    this.#draining = false;
  }

  /** Tells everything that runs to stop; what has not started is skipped. */
  halt(stop: Stop): void {
    this.root.halt(stop);
  }

  /** Ended in another process, it is only read here. Times are in milliseconds since 1970. */
  restore(bits: StatusBits, started: number, ended: number): void {
    this.bits = bits;
    this.epoch = started;
    this.ended = ended - started;
  }

  /** The run's body has ended. */
  complete(bits: StatusBits): void {
    if (this.bits !== RUNNING) return;
    this.bits = bits;
    this.ended = this.startOffset();
    this.#onEnd(undefined);
  }

  /** A fault of the store or the engine, not of an action: the run cannot go on. */
  fault(error: unknown): void {
    if (this.bits !== RUNNING) return;
    this.journal?.close();
    this.bits = FAILED;
    this.ended = this.offset();
    this.halt(
      cancelled('RUN_FAULTED', 'The run store, the executor or the engine has failed.', error),
    );
    this.#onEnd({ error });
  }

  /** The records inside a container that was skipped. */
  recordsOfSkipped(state: ActionState): readonly ActionRecord[] {
    return recordsOfSkippedContainer(state);
  }

  /** A run inside this one. Made here, so that a child's file need not import this class back. */
  child(
    workflow: WorkflowDefinition,
    input: unknown,
    identity: RunIdentity,
    services: RunServices,
    onEnd: RunEndListener,
  ): RunEngine {
    const child = new RunEngine(workflow, input, identity, services, onEnd);
    child.journal = this.journal;
    return child;
  }

  /** Everything known of the run so far. */
  digest(): Digest {
    const digest = new Digest();
    if (this.#dropped !== undefined) digest.merge(this.#dropped);
    this.root.digest(digest);
    return digest;
  }
}

const nothingSealed = { text: undefined };

/** What has nothing inside that must hear of an order to stop. */
const leafKinds: ReadonlySet<string> = new Set(['action', 'delay', 'waitFor', 'terminate']);

/** The order to stop has ended, or skipped, a predecessor that this one asked more of. */
function isUnmetBecauseOf(stop: Stop, { node, frame }: ActionState): boolean {
  return node.runAfter.some(({ from, accepts }) => {
    const before = frame.at(from);
    return (before.bits & accepts) === 0 && isEndedBy(stop, before);
  });
}

/** The order to stop came before this one could start. */
function isAfter(stop: Stop, { node, frame }: ActionState): boolean {
  return node.runAfter.some(({ from }) => isEndedBy(stop, frame.at(from)));
}

/** Perhaps another process has ended it: all that is known of the order then is the error. */
function isEndedBy({ error: order }: Stop, { error }: ActionState): boolean {
  if (error?.code !== order.code) return false;
  return error.message === order.message || error.message === notStarted(order.message);
}
