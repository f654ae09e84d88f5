/**
 * The journal of one run in a RunStore, for the process that holds the run.
 *
 * Invariant: every write carries the token of the run's lease, and one that is refused ends the run
 * here: whoever holds it now goes on with it. What was read from the store is trusted for as long as
 * the lease holds, for nobody else writes.
 * Read next: revival.ts, which brings back what has ended; stored-loop.ts.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { ForEachNode } from '../definition/definition.ts';
import { ActionState } from '../engine/action-state.ts';
import type { BodyOwner } from '../engine/body-owner.ts';
import type { Frame } from '../engine/frame.ts';
import type { EarlierRounds, Journal, LoopJournal, Progress, Sealed } from '../engine/journal.ts';
import type { LoopWindow } from '../engine/kinds/for-each-execution.ts';
import type { SignalOutcome } from '../engine/mailbox.ts';
import type { RunEngine } from '../engine/run-engine.ts';
import type { ActionCall } from '../ports/executor.ts';
import type { OutcomeEntry, RunEnd, RunStore, StoredRun, Writer } from '../ports/run-store.ts';
import { callOf } from '../remote/call-of.ts';
import { RunLostError } from './durable-errors.ts';
import {
  detailsOf,
  encodeDetails,
  entryOf,
  hasSecretDetails,
  hasSecretItems,
  iterationEntryOf,
  type OutcomeDetails,
  standsForIteration,
} from './outcome-entry.ts';
import { runPath, statePath } from './place.ts';
import { Revival } from './revival.ts';
import { failOnSecondItem, reviveRounds } from './revived-iterations.ts';
import type { RunSignals } from './run-signals.ts';
import { isSecure, type Sealing, whatIsKnownOf } from './sealing.ts';
import { CipherRequiredError } from './secure-use.ts';
import { StoredItems } from './stored-items.ts';
import { StoredLoop } from './stored-loop.ts';

/** What a journal is made of. */
export interface JournalParts {
  readonly store: RunStore;
  readonly run: StoredRun;
  readonly writer: Writer;
  readonly clock: Clock;
  readonly sealing: Sealing;
  /** Somebody has worked on the run before. */
  readonly resumed: boolean;
  readonly signals: RunSignals;
  /** Ends the run in this process. */
  readonly fault: (error: unknown) => void;
}

/** Ends of iterations that may be under way before loops start no more of them. */
const maxIterationEnds = 1_000;

/** Which texts of an outcome are encrypted. */
interface SecretTexts {
  readonly outputs: boolean;
  readonly details: boolean;
}

export class RunJournal implements Journal {
  closed = false;
  readonly parts: JournalParts;
  readonly #revival: Revival;
  /** What is known of what has started and has not ended, by path. */
  readonly #progress = new Map<string, Progress>();
  /** What another process has started, and had not ended. */
  readonly #begunBefore = new WeakSet<ActionState>();
  /** Iterations below this may be known, of loops that another process began. */
  readonly #knownBelow = new WeakMap<ActionState, number>();
  /** The signals that actions have taken, until their outcome is kept. */
  readonly #taken = new WeakMap<ActionState, number[]>();
  /** How many handlers were told to stop and have not settled. */
  #stopping = 0;
  #onQuiet: (() => void) | undefined;
  /** Ends of iterations that are not kept yet. Nothing waits for them but the end of a loop. */
  readonly #iterationEnds = new Set<Promise<void>>();
  /** Orders to stop that are not kept yet. */
  readonly #orders = new Set<Promise<void>>();
  /** The last write that waits for a cipher, or behind one that does. */
  #unsent: Promise<unknown> | undefined;

  constructor(parts: JournalParts) {
    this.parts = parts;
    this.#revival = new Revival(this);
  }

  close(): void {
    this.closed = true;
  }

  ordersKept(): Promise<unknown> {
    return Promise.all(this.#orders);
  }

  handlerStopping(): void {
    this.#stopping++;
  }

  handlerSettled(): void {
    this.#stopping--;
    if (this.#stopping === 0) this.#onQuiet?.();
  }

  /** Resolves when every handler that was told to stop has settled, or was given up. */
  async quiet(): Promise<void> {
    if (this.#stopping === 0) return;
    await new Promise<void>((resolve) => {
      this.#onQuiet = resolve;
    });
  }

  epochOf(run: RunEngine): number | undefined {
    return run.around === undefined ? this.parts.run.startTime : this.progress(run)?.started;
  }

  progress(of: ActionState | RunEngine): Progress | undefined {
    return this.#progress.get(pathOf(of));
  }

  async save(of: ActionState | RunEngine, more: Progress): Promise<void> {
    const { clock, sealing, store, writer } = this.parts;
    const path = pathOf(of);
    const started = of instanceof ActionState ? of.startTime.getTime() : clock.now();
    const progress = { started, ...this.#progress.get(path), ...more };
    const secure = of instanceof ActionState && isSecure(of);
    if (secure && !sealing.hasCipher && holdsValues(more)) {
      throw new CipherRequiredError(this.parts.run.workflow, { path, usedBy: path });
    }
    const what = whatIsKnownOf(path);
    const text = sealing.whole(progress, what);
    this.#progress.set(path, progress);
    // Nothing that follows from an order to stop is kept where the order itself could not be.
    const isOrder = more.stop !== undefined || more.termination !== undefined;
    const earlier = isOrder ? [...this.#iterationEnds, ...this.#orders] : [];
    const kept = this.#write(
      () => {
        const encrypt = () => sealing.encrypt(text, secure, what);
        return earlier.length === 0 ? encrypt() : Promise.all(earlier).then(encrypt);
      },
      (stored) => store.saveState(writer, path, stored),
    );
    if (isOrder) addWhileUnderWay(this.#orders, kept);
    await kept;
  }

  /** Reads a state; undefined when there is none. */
  async #readProgress(path: string): Promise<void> {
    const { sealing, store, run } = this.parts;
    const text = await store.readState(run.runId, path);
    if (text === undefined) return;
    const progress = await sealing.read(text, whatIsKnownOf(path));
    this.#progress.set(path, progress as Progress);
  }

  timeLeft(
    of: ActionState | RunEngine,
    timeout: number,
    since: number = Number.POSITIVE_INFINITY,
  ): number {
    const now = this.parts.clock.now();
    const known = this.progress(of)?.deadline;
    const deadline = known ?? Math.min(now, since) + timeout;
    if (known === undefined) void this.save(of, { deadline });
    return Math.max(0, deadline - now);
  }

  /** Reads what is known of the run as a whole. */
  async recallRun(): Promise<void> {
    if (this.parts.resumed) await this.#readProgress('');
  }

  /** What is known of the run as a whole. */
  get runProgress(): Progress | undefined {
    return this.#progress.get('');
  }

  async recall(state: ActionState): Promise<void> {
    this.#begunBefore.add(state);
    const path = statePath(state);
    for (const known of state.node.kind === 'child' ? [path, `${path}/`] : [path]) {
      await this.#readProgress(known);
      state.frame.owner.run.catchUpWith(latestOf(this.#progress.get(known)));
    }
  }

  /** What was read of something that has ended. */
  async recallEnded(state: ActionState): Promise<Progress> {
    await this.recall(state);
    const path = statePath(state);
    const progress = { ...this.#progress.get(`${path}/`), ...this.#progress.get(path) };
    this.#forget(state, path);
    return progress;
  }

  #forget(state: ActionState, path: string): void {
    this.#progress.delete(path);
    if (state.node.kind === 'child') this.#progress.delete(`${path}/`);
  }

  mayKnow(frame: Frame): boolean {
    const { state, run } = frame.owner;
    const begun = state ?? run.around;
    if (begun === undefined) return this.parts.resumed;
    if (!this.#begunBefore.has(begun)) return false;
    return frame.index < (this.#knownBelow.get(begun) ?? Number.POSITIVE_INFINITY);
  }

  /** Of a loop: no iteration from this index on was begun before. */
  knowsBelow(loop: ActionState, index: number): void {
    this.#knownBelow.set(loop, index);
  }

  /** Whether another process began it, and had not ended it. */
  hasBegun(state: ActionState): boolean {
    return this.#begunBefore.has(state);
  }

  restore(frame: Frame): Promise<void> {
    return this.#revival.frame(frame);
  }

  restoreShielded(state: ActionState): Promise<boolean> {
    return this.#revival.shielded(state);
  }

  rounds(until: BodyOwner, initial: unknown): Promise<EarlierRounds> {
    return reviveRounds(this.#revival, until, initial);
  }

  /** Frames of iterations that have ended. */
  get revival(): Revival {
    return this.#revival;
  }

  seal(state: ActionState, value: unknown): Sealed {
    // What follows from what is inside is not kept again.
    const { detail } = state;
    const own = detail?.output === undefined ? { value } : detail.ownOutput?.();
    return own === undefined ? { text: undefined } : this.parts.sealing.output(state, own.value);
  }

  async record(state: ActionState, outputs: string | undefined): Promise<void> {
    const path = statePath(state);
    const what = `What is kept of "${path}"`;
    const secret = { outputs: isSecure(state), details: hasSecretDetails(state) };
    const details = encodeDetails(this.parts.sealing, detailsOf(state), secret.details, what);
    const signals = this.#taken.get(state);
    const entry = {
      ...entryOf(state, outputs, details),
      ...(signals !== undefined && { signals }),
      ...(this.#progress.has(path) && !isReadLater(state) && { forgetState: path }),
    };
    if (this.#orders.size > 0) await this.ordersKept();
    // What its iterations have kept unawaited comes before the end of a loop.
    if (state.node.kind === 'forEach') await this.afterIterations();
    await this.#record(entry, secret, what, standsForIteration(state) ? state.frame : undefined);
    this.#forget(state, path);
  }

  async recordRound(frame: Frame, value: unknown, done: boolean | undefined): Promise<void> {
    const answer = done === undefined ? { unanswered: true as const } : done && { done };
    await this.#recordIteration(frame, { value, ...answer });
  }

  /** Keeps the end of an iteration; nothing waits for it but the end of its loop. */
  recordIteration(frame: Frame, details: OutcomeDetails | undefined): void {
    const kept = this.#recordIteration(frame, details).catch((error: unknown) =>
      this.parts.fault(error),
    );
    addWhileUnderWay(this.#iterationEnds, kept);
  }

  /** Too many ends of iterations are not kept yet. */
  get isBehind(): boolean {
    return this.#iterationEnds.size >= maxIterationEnds;
  }

  async #recordIteration(frame: Frame, details: OutcomeDetails | undefined): Promise<void> {
    const what = `What is kept of "${frame.path}"`;
    const secret = { outputs: false, details: hasSecretItems(frame.owner.state as ActionState) };
    const text = encodeDetails(this.parts.sealing, details, secret.details, what);
    await this.#record(iterationEntryOf(frame, text), secret, what, frame);
  }

  /** Keeps the items of a loop. What cannot be stored is thrown. */
  async keepItems(state: ActionState, items: readonly unknown[]): Promise<void> {
    const stored = new StoredItems(this.parts, state);
    await stored.keep(items, (prepare, write) => this.#write(prepare, write));
  }

  /** Resolves when the store has been given every write so far; its answers may be missing. */
  async sent(): Promise<void> {
    await this.#unsent;
  }

  /** Resolves when what nothing has waited for is kept: ends of iterations, orders to stop. */
  async afterIterations(): Promise<void> {
    await Promise.all([...this.#iterationEnds, ...this.#orders]);
  }

  /**
   * @param what - what an error of the cipher calls it.
   * @param iteration - the one whose outcome it is.
   */
  async #record(
    entry: OutcomeEntry,
    secret: SecretTexts,
    what: string,
    iteration: Frame | undefined,
  ): Promise<void> {
    const { sealing, store, writer } = this.parts;
    await this.#write(
      () => (secret.outputs || secret.details ? encrypted(entry, secret, sealing, what) : entry),
      async (stored) => {
        const recorded = await store.recordOutcome(writer, stored);
        if (recorded === 'duplicate' && iteration !== undefined) {
          await failOnSecondItem(this.#revival, iteration);
        }
        return recorded !== 'fenced';
      },
    );
  }

  /**
   * A write that fails, or is refused, ends the run here; then the promise stays as it is.
   *
   * @param prepare - gives what is to be written, at once or when it is encrypted.
   */
  async #write<T>(
    prepare: () => T | Promise<T>,
    write: (prepared: T) => Promise<boolean>,
  ): Promise<void> {
    if (!this.closed) {
      try {
        if (await this.#inTurn(prepare(), write)) return;
        this.parts.fault(new RunLostError(this.parts.run.runId));
      } catch (error) {
        this.parts.fault(error);
      }
    }
    await new Promise(() => undefined);
  }

  /** Writes reach the store in the order of their calls, however long a cipher takes for each. */
  #inTurn<T>(prepared: T | Promise<T>, write: (prepared: T) => Promise<boolean>): Promise<boolean> {
    const before = this.#unsent;
    if (before === undefined && !(prepared instanceof Promise)) return write(prepared);
    const sent = Promise.all([prepared, before]).then(([ready]) => {
      if (this.#unsent === sent) this.#unsent = undefined;
      // Wrapped, so that the next write does not wait for the answer to this one.
      return { answer: write(ready) };
    });
    this.#unsent = sent;
    return sent.then(({ answer }) => answer);
  }

  /** Keeps how the run ended. */
  async end(end: RunEnd): Promise<void> {
    const { store, writer, run } = this.parts;
    await this.afterIterations();
    await this.sent();
    this.close();
    if (!(await store.endRun(writer, end))) throw new RunLostError(run.runId);
  }

  loop(state: ActionState, node: ForEachNode, window: LoopWindow): LoopJournal {
    return new StoredLoop(this, state, node, window);
  }

  signal(
    event: string,
    correlate: string | undefined,
    payload: unknown,
    id: string | undefined,
  ): Promise<SignalOutcome> {
    return this.parts.signals.send(event, correlate, payload, id);
  }

  callOf(state: ActionState, attempt: number): Promise<ActionCall> {
    return callOf(state, attempt, this);
  }

  takes(state: ActionState, signal: number): void {
    const taken = this.#taken.get(state);
    if (taken === undefined) this.#taken.set(state, [signal]);
    else taken.push(signal);
  }
}

/** The same entry with its texts as the cipher makes them. */
async function encrypted(
  entry: OutcomeEntry,
  secret: SecretTexts,
  sealing: Sealing,
  what: string,
): Promise<OutcomeEntry> {
  const { outputs, details } = entry.outcome;
  const encrypt = (text: string | undefined, secure: boolean) =>
    text && sealing.encrypt(text, secure, what);
  const [secretOutputs, secretDetails] = await Promise.all([
    encrypt(outputs, secret.outputs),
    encrypt(details, secret.details),
  ]);
  const outcome = {
    ...entry.outcome,
    ...(secretOutputs !== undefined && { outputs: secretOutputs }),
    ...(secretDetails !== undefined && { details: secretDetails }),
  };
  return { ...entry, outcome };
}

/** Has a write in the set for as long as it is under way; for good when it ends the run. */
function addWhileUnderWay(writes: Set<Promise<void>>, write: Promise<void>): void {
  writes.add(write);
  void write.then(() => writes.delete(write));
}

function pathOf(of: ActionState | RunEngine): string {
  return of instanceof ActionState ? statePath(of) : runPath(of);
}

/** The latest moment of which it tells that it has passed, in milliseconds since 1970; 0 for none. */
function latestOf({ started = 0, attempts }: Progress = {}): number {
  return attempts?.at(-1)?.endTime.getTime() ?? started;
}

/** What of a progress may be secure; the rest is times, names and errors that quote nothing. */
function holdsValues({ given, saved, begun }: Progress): boolean {
  return given !== undefined || saved !== undefined || begun !== undefined;
}

/** What is known of these is needed after they have ended, to read their records. */
function isReadLater({ node, bits }: ActionState): boolean {
  return ['forEach', 'until', 'child'].includes(node.kind) && bits !== 0;
}
