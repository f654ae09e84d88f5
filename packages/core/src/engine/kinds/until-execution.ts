/**
 * An until: rounds one after the other, the state of each the output of the one before, until `done`.
 *
 * Invariant: rounds follow each other in a loop, not by recursion, so that a thousand rounds that
 * return at once need no stack.
 * @module
 */
import type { UntilNode } from '../../definition/definition.ts';
import type { Iteration, IterationCounts } from '../../result.ts';
import { FAILED, RUNNING, type StatusBits, SUCCEEDED } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import { BodyOwner } from '../body-owner.ts';
import { Frame } from '../frame.ts';
import { goOnWith } from '../go-on-with.ts';
import { readSource } from '../hand-over.ts';
import { FlowContext } from '../handlers/flow-context.ts';
import type { Journal } from '../journal.ts';
import type { ActionRecord } from '../records/action-record.ts';
import { iterationsOf, repeatedRecords } from '../records/iterations.ts';
import type { RunEngine } from '../run-engine.ts';
import { timedOut } from '../stop.ts';
import { tellIterationEnd, tellIterationStart } from '../tell.ts';
import { decidingLeaf, leafStatus } from '../verdict.ts';
import { countsOf } from './iteration-tally.ts';

export class UntilExecution extends BodyOwner {
  readonly #node: UntilNode;
  readonly #frames: Frame[] = [];
  #value: unknown;
  #advancing = false;
  #timedOut = false;
  /** What it did before is being read. */
  #recalling = false;

  constructor(run: RunEngine, node: UntilNode, state: ActionState) {
    super(run, node.body, state);
    this.#node = node;
  }

  begin(): void {
    const state = this.state as ActionState;
    const { journal } = this.run;
    const given = journal?.progress(state)?.given;
    if (journal !== undefined && given !== undefined) void this.#goOn(given.value, journal);
    else {
      goOnWith(
        () => this.#node.initial(state.handed, new FlowContext(state)),
        (value) => (journal === undefined ? this.#beginWith(value) : this.#keep(value, journal)),
        (thrown) => this.fail(thrown),
      );
    }
  }

  #beginWith(state: unknown): void {
    this.#value = state;
    this.#advance();
  }

  #keep(value: unknown, journal: Journal): void {
    goOnWith(
      () => journal.save(this.state as ActionState, { given: { value } }),
      () => this.#beginWith(value),
      (thrown) => this.fail(thrown),
    );
  }

  /** Goes on after the rounds that another process has brought to an end. */
  async #goOn(initial: unknown, journal: Journal): Promise<void> {
    this.#recalling = true;
    try {
      const { frames, value, done } = await journal.rounds(this, initial);
      this.#recalling = false;
      this.#frames.push(...frames);
      this.#value = value;
      const last = frames.at(-1);
      if (last !== undefined && done === undefined) {
        this.#askAgain(last);
        return;
      }
      const isLast =
        last !== undefined &&
        (done || isCutShort(last) || frames.length >= this.#node.maxIterations);
      // Told to stop, it still opens the round that had begun: something in it may have to be undone.
      if (isLast) this.#afterRound(last.bits, done ?? false);
      else this.#advance();
    } catch (error) {
      this.run.fault(error);
    }
  }

  /** Runs rounds for as long as they end at once. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    while (!this.ended && this.#isBetweenRounds()) this.#openRound();
    this.#advancing = false;
  }

  #isBetweenRounds(): boolean {
    const last = this.#frames.at(-1);
    return last === undefined || last.bits !== RUNNING;
  }

  #openRound(): void {
    const frame = new Frame(this, this.#frames.length, this.#value);
    this.#frames.push(frame);
    tellIterationStart(frame);
    this.run.open(frame);
    this.run.drain();
  }

  frameEnded(frame: Frame): void {
    if (this.stop !== undefined) this.#endRound(frame, this.stop.bits, false);
    else if (leafStatus(frame) === SUCCEEDED) this.#askWhetherDone(frame);
    else this.#endRound(frame, FAILED, false);
  }

  #askWhetherDone(frame: Frame): void {
    const { output } = this.body;
    if (output !== undefined) this.#value = readSource(frame, output);
    goOnWith(
      () => this.#node.done(this.#value, new FlowContext(frame)),
      (done) => this.#endRound(frame, SUCCEEDED, Boolean(done)),
      (thrown) => this.#failToAsk(frame, thrown),
    );
  }

  /** The process that could not tell died before the until had failed. */
  #askAgain(frame: Frame): void {
    frame.bits = RUNNING;
    if (this.stop === undefined) this.#askWhetherDone(frame);
    else this.#endRound(frame, SUCCEEDED, false);
  }

  /** The round itself Succeeded; that `done` cannot tell more is the until's failure. */
  #failToAsk(frame: Frame, thrown: unknown): void {
    if (frame.bits !== RUNNING) return;
    frame.bits = SUCCEEDED;
    tellIterationEnd(frame);
    const kept = this.run.journal?.recordRound(frame, this.#value, undefined);
    if (kept === undefined) this.fail(thrown);
    else kept.then(() => this.fail(thrown)).catch((other: unknown) => this.fail(other));
  }

  #endRound(frame: Frame, bits: StatusBits, done: boolean): void {
    if (frame.bits !== RUNNING) return;
    frame.bits = bits;
    tellIterationEnd(frame);
    const { journal } = this.run;
    if (journal === undefined) this.#afterRound(bits, done);
    else {
      goOnWith(
        () => journal.recordRound(frame, this.#value, done),
        () => this.#afterRound(bits, done),
        (thrown) => this.fail(thrown),
      );
    }
  }

  #afterRound(bits: StatusBits, done: boolean): void {
    if (this.#timedOut) this.#endAtLimit(`took longer than its timeout allows`);
    else if (this.stop !== undefined || done) this.end(bits);
    else if (this.#frames.length < this.#node.maxIterations) this.#advance();
    else this.#endAtLimit(`was not done after ${this.#frames.length} rounds`);
  }

  /** A round that the time-out has cut short does not decide; the last one that ended itself does. */
  #endAtLimit(reached: string): void {
    this.stop = undefined;
    if (this.#node.onLimit === 'succeed') this.end(this.#lastWholeRound()?.bits ?? SUCCEEDED);
    else {
      const message = `"${this.path}" ${reached}. Raise its limits, or set onLimit to 'succeed'.`;
      this.end(FAILED, { code: 'UNTIL_LIMIT_REACHED', message });
    }
  }

  #lastWholeRound(): Frame | undefined {
    return this.#frames.findLast((round) => !isCutShort(round));
  }

  protected override timeIsUp(): void {
    this.#timedOut = true;
    this.halt(
      timedOut('UNTIL_LIMIT_REACHED', `"${this.path}" took longer than its timeout allows.`),
    );
  }

  protected override halted(): void {
    if (this.#recalling) return;
    const round = this.#frames.at(-1);
    // Only a promise is awaited: of the first state, or of `done` after a round that has Succeeded.
    if (round === undefined) this.end(FAILED);
    else if (round.remaining === 0 && round.bits === RUNNING)
      this.#endRound(round, SUCCEEDED, false);
  }

  output(): unknown {
    return this.#value;
  }

  override kept(): unknown {
    return { value: this.#value };
  }

  protected override restored(kept: unknown, frames: readonly Frame[]): void {
    this.#frames.push(...frames);
    this.#value = (kept as { readonly value: unknown } | undefined)?.value;
  }

  override deciding(): ActionState | undefined {
    const round = this.#lastWholeRound();
    return round && decidingLeaf(round);
  }

  override records(): readonly ActionRecord[] {
    return repeatedRecords(this, this.#frames);
  }

  iterations(real = false): readonly Iteration<unknown>[] {
    return iterationsOf(this.#frames, real);
  }

  counts(): IterationCounts {
    return countsOf(this.#frames);
  }

  protected openFrames(): Iterable<Frame> {
    return this.#frames.slice(-1);
  }

  protected keptFrames(): readonly Frame[] {
    return this.#frames;
  }
}

/** It did not end itself, but was told to. */
function isCutShort({ bits }: Frame): boolean {
  return bits !== SUCCEEDED && bits !== FAILED;
}
