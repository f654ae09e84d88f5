/**
 * A bounded loop: a sliding window of iterations over items that are pulled only when there is room.
 *
 * Invariant: at most `concurrency` iterations run, and as one ends the next starts in the same turn.
 * No item is pulled that could not start at once, but for those that a keyed loop holds back. An
 * iteration that is not kept is added to the run's digest and forgotten.
 * Read next: item-source.ts, keyed-items.ts, iterations.ts.
 * @module
 */
import type { ForEachNode } from '../../definition/definition.ts';
import type { ActionError, Iteration, IterationCounts, LoopFailures } from '../../result.ts';
import { FAILED, type StatusBits, SUCCEEDED } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import { BodyOwner } from '../body-owner.ts';
import { Frame } from '../frame.ts';
import { goOnWith } from '../go-on-with.ts';
import { FlowContext } from '../handlers/flow-context.ts';
import type { ActionRecord } from '../records/action-record.ts';
import { outputOf } from '../records/iteration-record.ts';
import { iterationsOf, repeatedRecords } from '../records/iterations.ts';
import { errorOf } from '../records/secure.ts';
import type { RunEngine } from '../run-engine.ts';
import { tellIterationEnd, tellIterationStart } from '../tell.ts';
import { decidingLeaf, leafStatus } from '../verdict.ts';
import { ItemKeyError, isItemKey } from './item-key.ts';
import { DONE, type ItemSource, isPromiseOfItems, openItems } from './item-source.ts';
import { IterationTally } from './iteration-tally.ts';
import { type HeldItem, KeyedItems } from './keyed-items.ts';
import { OpenFrames } from './open-frames.ts';

export class ForEachExecution extends BodyOwner {
  readonly #node: ForEachNode;
  readonly #active = new OpenFrames();
  readonly #kept: Frame[] = [];
  readonly #tally = new IterationTally();
  readonly #keyed: KeyedItems | undefined;
  /** Items that were held back and whose turn it is. */
  readonly #released: HeldItem[] = [];
  /** Errors of iterations whose key could not be had. */
  #keyErrors: Map<number, ActionError> | undefined;
  #firstFailure: Frame | undefined;
  #source: ItemSource | undefined;
  #sourceError: ActionError | undefined;
  #pulled = 0;
  /** No more items will be pulled. */
  #exhausted = false;
  #filling = false;
  #pulling = false;
  /** Both are made when somebody asks. */
  #outputs: unknown;
  #iterations: readonly Iteration<unknown>[] | undefined;

  constructor(run: RunEngine, node: ForEachNode, state: ActionState) {
    super(run, node.body, state);
    this.#node = node;
    this.#keyed = node.key === undefined ? undefined : new KeyedItems();
  }

  override get total(): number | undefined {
    return this.#source?.total;
  }

  begin(): void {
    const state = this.state as ActionState;
    goOnWith(
      () => this.#node.items(state.handed, new FlowContext(state)),
      (items) => this.#open(items),
      (thrown) => this.#sourceFailed(thrown),
      isPromiseOfItems,
    );
  }

  #open(items: unknown): void {
    if (this.ended) return;
    this.#source = openItems(items, this.path);
    this.#fill();
  }

  /** Starts iterations until the window is full or there is nothing to start. */
  #fill(): void {
    if (this.#filling) return;
    this.#filling = true;
    const { concurrency } = this.#node;
    while (this.#active.size < concurrency) {
      const released = this.#released.shift();
      if (released !== undefined) this.#start(released.item, released.index);
      else if (this.#mayPull()) this.#pull();
      else break;
    }
    this.#filling = false;
    this.#endWhenDone();
  }

  #mayPull(): boolean {
    if (this.#exhausted || this.#pulling || this.stop !== undefined) return false;
    return this.#keyed === undefined || this.#keyed.held < this.#node.lookAhead;
  }

  #pull(): void {
    const source = this.#source as ItemSource;
    let item: unknown;
    try {
      item = source.next();
    } catch (thrown) {
      this.#sourceFailed(thrown);
      return;
    }
    if (source.isAsync) this.#pullLater(item as Promise<unknown>);
    else this.#admit(item);
  }

  #pullLater(item: Promise<unknown>): void {
    this.#pulling = true;
    item
      .finally(() => {
        this.#pulling = false;
      })
      .then(
        (pulled) => {
          if (this.stop === undefined) this.#admit(pulled);
          this.#fill();
        },
        (thrown: unknown) => this.#sourceFailed(thrown),
      );
  }

  #admit(item: unknown): void {
    if (item === DONE) {
      this.#exhausted = true;
      return;
    }
    const index = this.#pulled++;
    if (this.#keyed === undefined || this.#hasFreeKey(this.#keyed, item, index)) {
      this.#start(item, index);
    }
  }

  #hasFreeKey(keyed: KeyedItems, item: unknown, index: number): boolean {
    try {
      const key = this.#node.key?.(item, index);
      if (!isItemKey(key)) throw new ItemKeyError('key', this.path, index, key);
      return keyed.admit(key, item, index);
    } catch (thrown) {
      const state = this.state as ActionState;
      this.#keyErrors ??= new Map();
      this.#keyErrors.set(index, errorOf(thrown, state.node, `${state.path}[${index}]`));
      const frame = new Frame(this, index, item);
      tellIterationStart(frame);
      this.#settle(frame, FAILED);
      return false;
    }
  }

  #start(item: unknown, index: number): void {
    const frame = new Frame(this, index, item);
    this.#active.add(frame);
    tellIterationStart(frame);
    this.run.open(frame);
  }

  frameEnded(frame: Frame): void {
    this.#active.remove(frame);
    this.#settle(frame, this.stop?.bits ?? leafStatus(frame));
    if (this.#keyed !== undefined && this.stop === undefined) {
      const next = this.#keyed.release(frame);
      if (next !== undefined) this.#released.push(next);
    }
    this.#fill();
  }

  #settle(frame: Frame, bits: StatusBits): void {
    frame.bits = bits;
    this.#tally.add(bits);
    if (bits !== SUCCEEDED && frame.index < (this.#firstFailure?.index ?? Infinity)) {
      this.#firstFailure = frame;
    }
    const { keep } = this.#node;
    if (keep === 'all') this.#kept[frame.index] = frame;
    else if (keep === 'failures' && bits !== SUCCEEDED) this.#kept.push(frame);
    else this.run.dropped.addFrame(frame);
    tellIterationEnd(frame);
  }

  #sourceFailed(thrown: unknown): void {
    const state = this.state as ActionState;
    this.#sourceError = errorOf(thrown, state.node, state.path);
    this.#exhausted = true;
    this.#endWhenDone();
  }

  protected override halted(): void {
    if (!this.#exhausted) this.#source?.close();
    this.#exhausted = true;
    this.#keyed?.clear();
    this.#released.length = 0;
    this.#endWhenDone();
  }

  /** Where nothing runs nothing is held back either, for a key is busy only while an item of it runs. */
  #endWhenDone(): void {
    if (this.#filling || !this.#exhausted || this.#active.size > 0) return;
    if (this.#node.keep === 'failures') this.#kept.sort((a, b) => a.index - b.index);
    if (this.#sourceError !== undefined) this.end(FAILED, this.#sourceError);
    else this.end(this.#tally.unsuccessful === 0 ? SUCCEEDED : FAILED);
  }

  output(): unknown {
    this.#outputs ??= this.#makeOutputs();
    return this.#outputs;
  }

  #makeOutputs(): unknown[] | IterationCounts | LoopFailures<unknown> {
    const { keep } = this.#node;
    if (keep === 'summary') return this.counts();
    if (keep === 'failures') return { counts: this.counts(), failures: this.iterations() };
    return this.#kept.map(outputOf);
  }

  override deciding(): ActionState | undefined {
    return this.#firstFailure && decidingLeaf(this.#firstFailure);
  }

  override error(): ActionError | undefined {
    const first = this.#firstFailure;
    if (first === undefined) return undefined;
    const { total } = this.#tally.counts();
    const error = this.#keyErrors?.get(first.index) ?? super.error();
    const message = `${this.#tally.unsuccessful} of ${total} iterations did not succeed; the first: ${error?.message}`;
    return { code: error?.code ?? 'ITERATION_FAILED', message };
  }

  counts(): IterationCounts {
    return this.#tally.counts();
  }

  override records(): readonly ActionRecord[] {
    return repeatedRecords(this, this.keptFrames());
  }

  iterations(real = false): readonly Iteration<unknown>[] {
    if (real || !this.ended) return iterationsOf(this.keptFrames(), real, this.#keyErrors);
    this.#iterations ??= iterationsOf(this.keptFrames(), false, this.#keyErrors);
    return this.#iterations;
  }

  protected openFrames(): Iterable<Frame> {
    return this.#active.all();
  }

  protected keptFrames(): readonly Frame[] {
    // Cancelled before its turn, an item that was held back leaves a hole.
    return this.#kept.filter((frame) => frame !== undefined);
  }
}
