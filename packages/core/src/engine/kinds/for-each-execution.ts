/**
 * A bounded loop: a sliding window of iterations over items that are pulled only when there is room.
 *
 * Invariant: an iteration starts only while fewer than `concurrency` run, and as one ends the next
 * starts in the same turn; so it does as the degree of an adaptive limiter rises. No item is pulled that
 * could not start at once, but for those that a keyed loop holds back. An iteration that is not kept is
 * added to the run's digest and forgotten.
 * Read next: item-source.ts, keyed-items.ts, iterations.ts.
 * @module
 */
import { degreeOf } from '../../definition/concurrency.ts';
import type { ForEachNode } from '../../definition/definition.ts';
import type { ActionError, Iteration, IterationCounts, LoopFailures } from '../../result.ts';
import { FAILED, type StatusBits, SUCCEEDED } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import { BodyOwner } from '../body-owner.ts';
import { Frame } from '../frame.ts';
import { goOnWith } from '../go-on-with.ts';
import { FlowContext } from '../handlers/flow-context.ts';
import { itemId } from '../idempotency-key.ts';
import type { EarlierIterations, LoopJournal } from '../journal.ts';
import type { ActionRecord } from '../records/action-record.ts';
import { outputOf } from '../records/iteration-record.ts';
import { iterationsOf, repeatedRecords } from '../records/iterations.ts';
import { errorOf } from '../records/secure.ts';
import type { RunEngine } from '../run-engine.ts';
import type { Stop } from '../stop.ts';
import { tellIterationEnd, tellIterationStart } from '../tell.ts';
import { decidingLeaf, leafStatus } from '../verdict.ts';
import { ItemKeyError, isItemKey } from './item-key.ts';
import {
  type BegunItem,
  DONE,
  type ItemSource,
  isPromiseOfItems,
  openItems,
} from './item-source.ts';
import { IterationTally } from './iteration-tally.ts';
import { type HeldItem, KeyedItems } from './keyed-items.ts';
import { OpenFrames } from './open-frames.ts';

/** The part of a loop that its journal looks into. */
export interface LoopWindow {
  readonly owner: BodyOwner;
  /** Items below this were taken. */
  readonly next: number;
  /** Those of them that have not ended. */
  open(): BegunItem[];
  /** Its iterations are known by the ids of their items, and not by their indexes. */
  identifyById(): void;
  /** The same; and this one, whose item may not be there any more, by this id. */
  identify(frame: Frame, id: string): void;
  /** Takes no more items, and fails once what runs has ended. */
  failItems(thrown: unknown): void;
  /** What the iterations that are kept are known by. */
  keptKeys(): (string | number)[];
  /** Why an iteration failed before its body began. */
  noteError(index: number, error: ActionError): void;
}

/** What is kept of a loop that has ended, beside its iterations. */
export interface KeptOfLoop {
  readonly counts: IterationCounts;
  /** Of a loop that keeps no iterations: the first that failed. */
  readonly first?: string | number;
}

export class ForEachExecution extends BodyOwner implements LoopWindow {
  readonly #node: ForEachNode;
  /** Both are in the node as well; asked for each iteration, they are kept close. */
  readonly #most: number;
  readonly #adapts: boolean;
  readonly #active = new OpenFrames();
  readonly #kept: Frame[] = [];
  readonly #tally = new IterationTally();
  readonly #keyed: KeyedItems | undefined;
  /** Items whose turn it is: their key is free again, or the degree fell before they came. */
  readonly #released: HeldItem[] = [];
  /** Errors of iterations whose key could not be had. */
  #keyErrors: Map<number, ActionError> | undefined;
  #firstFailure: Frame | undefined;
  readonly #journal: LoopJournal | undefined;
  /** What is read of earlier iterations once all have ended. */
  #earlier: EarlierIterations | undefined;
  #source: ItemSource | undefined;
  #sourceError: ActionError | undefined;
  #pulled = 0;
  /** No more items will be pulled. */
  #exhausted = false;
  /** Hears no more of the degree. */
  #unfollow: (() => void) | undefined;
  #filling = false;
  #pulling = false;
  #byId = false;
  /** Ids of iterations that ended in another process. */
  #ids: WeakMap<Frame, string> | undefined;
  /** Too many ends of iterations are not kept yet. */
  #crowded = false;
  /** Earlier iterations are being read. */
  #recalling = false;
  /** Both are made when somebody asks. */
  #outputs: unknown;
  #iterations: readonly Iteration<unknown>[] | undefined;

  constructor(run: RunEngine, node: ForEachNode, state: ActionState) {
    super(run, node.body, state);
    this.#node = node;
    this.#most = node.concurrency.most;
    this.#adapts = node.concurrency.adaptive !== undefined;
    this.#keyed = node.key === undefined ? undefined : new KeyedItems();
    this.#journal = run.journal?.loop(state, node, this);
  }

  get owner(): BodyOwner {
    return this;
  }

  get next(): number {
    return this.#pulled;
  }

  open(): BegunItem[] {
    return [...this.#active.all(), ...this.#released, ...(this.#keyed?.heldItems() ?? [])]
      .map(({ index, item }) => ({ index, item }))
      .sort((a, b) => a.index - b.index);
  }

  identifyById(): void {
    this.#byId = true;
  }

  identify(frame: Frame, id: string): void {
    this.#byId = true;
    this.#ids ??= new WeakMap();
    this.#ids.set(frame, id);
  }

  failItems(thrown: unknown): void {
    if (!this.#exhausted) this.#source?.close();
    this.#sourceFailed(thrown);
  }

  keptKeys(): (string | number)[] {
    return this.keptFrames().map((frame) => this.iterationKey(frame));
  }

  noteError(index: number, error: ActionError): void {
    this.#keyErrors ??= new Map();
    this.#keyErrors.set(index, error);
  }

  override iterationKey(frame: Frame): string | number {
    if (!this.#byId) return frame.index;
    return this.#ids?.get(frame) ?? itemId(frame);
  }

  override get total(): number | undefined {
    return this.#source?.total;
  }

  begin(): void {
    const state = this.state as ActionState;
    const items = () => this.#node.items(state.handed, new FlowContext(state));
    if (this.#journal !== undefined) void this.#openFrom(this.#journal, items);
    else {
      goOnWith(
        items,
        (given) => this.ended || this.#open(openItems(given, this.path)),
        (thrown) => this.#sourceFailed(thrown),
        isPromiseOfItems,
      );
    }
  }

  async #openFrom(journal: LoopJournal, items: () => unknown): Promise<void> {
    this.#recalling = true;
    try {
      const source = await journal.source(items);
      // Told to stop, it still opens what had begun: something in it may have to be undone.
      if (this.stop !== undefined) {
        for (const { index, item } of await this.#begunIn(source)) this.#start(item, index);
        source.close();
      }
      this.#recalling = false;
      this.#open(source);
    } catch (thrown) {
      this.#recalling = false;
      this.#sourceFailed(thrown);
    }
  }

  /** A source that does not answer must not hold up the order to stop. */
  async #begunIn(source: ItemSource): Promise<readonly BegunItem[]> {
    const { clock, services } = this.run;
    let cancelTimer: (() => void) | undefined;
    const timeIsUp = new Promise<readonly BegunItem[]>((resolve) => {
      cancelTimer = clock.setTimer(services.grace, () => resolve([]));
    });
    try {
      return await Promise.race([source.begun?.() ?? [], timeIsUp]);
    } finally {
      cancelTimer?.();
    }
  }

  #open(source: ItemSource): void {
    if (this.ended) return;
    this.#source = source;
    this.#follow();
    this.#fill();
  }

  /** As the degree of an adaptive limiter rises there is room at once. */
  #follow(): void {
    // Told to stop, it starts nothing more.
    if (this.stop !== undefined) return;
    this.#unfollow = this.#node.concurrency.adaptive?.onDegree(() => this.#fill());
  }

  get #isFull(): boolean {
    return this.#active.size >= (this.#adapts ? degreeOf(this.#node.concurrency) : this.#most);
  }

  /** Starts iterations until the window is full or there is nothing to start. */
  #fill(): void {
    if (this.#filling) return;
    this.#filling = true;
    while (!this.#isFull) {
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
    if (this.#keyed !== undefined && this.#keyed.held >= this.#node.lookAhead) return false;
    return this.#hasRoom();
  }

  /** Iterations that end at once, such as those of a body without actions, would outrun the store. */
  #hasRoom(): boolean {
    if (this.#crowded) return false;
    const room = this.#journal?.room();
    if (room === undefined) return true;
    this.#crowded = true;
    void room.then(() => {
      this.#crowded = false;
      this.#fill();
    });
    return false;
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
    item.then(
      (pulled) => {
        // Not a moment earlier: until it is admitted, the source tells the index of this one.
        this.#pulling = false;
        if (this.stop === undefined && !this.#exhausted) this.#admit(pulled);
        this.#fill();
      },
      (thrown: unknown) => {
        this.#pulling = false;
        this.#sourceFailed(thrown);
      },
    );
  }

  #admit(item: unknown): void {
    if (item === DONE) {
      this.#exhausted = true;
      return;
    }
    const index = this.#source?.index ?? this.#pulled;
    this.#pulled = Math.max(this.#pulled, index + 1);
    if (this.#keyed !== undefined && !this.#hasFreeKey(this.#keyed, item, index)) return;
    // While the source made it wait, the degree may have fallen.
    if (this.#adapts && this.#isFull) this.#released.push({ item, index });
    else this.#start(item, index);
  }

  #hasFreeKey(keyed: KeyedItems, item: unknown, index: number): boolean {
    try {
      const key = this.#node.key?.(item, index);
      if (!isItemKey(key)) throw new ItemKeyError('key', this.path, index, key);
      return keyed.admit(key, item, index);
    } catch (thrown) {
      const state = this.state as ActionState;
      this.noteError(index, errorOf(thrown, state.node, `${state.path}[${index}]`));
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
    this.#journal?.ended(frame);
  }

  #sourceFailed(thrown: unknown): void {
    const state = this.state as ActionState;
    this.#sourceError ??= errorOf(thrown, state.node, state.path);
    this.#exhausted = true;
    this.#endWhenDone();
  }

  override halt(stop: Stop): void {
    if (this.stop === undefined && !this.ended) this.#journal?.stopping();
    super.halt(stop);
  }

  protected override halted(): void {
    this.#unfollow?.();
    if (!this.#exhausted) this.#source?.close();
    this.#exhausted = true;
    this.#keyed?.clear();
    this.#released.length = 0;
    this.#endWhenDone();
  }

  /** Where nothing runs nothing is held back either, for a key is busy only while an item of it runs. */
  #endWhenDone(): void {
    if (this.#filling || !this.#exhausted || this.#active.size > 0 || this.#recalling) return;
    if (this.#journal?.mustRecall && this.#earlier === undefined) {
      void this.#recall(this.#journal);
      return;
    }
    if (this.#node.keep === 'failures') this.#kept.sort((a, b) => a.index - b.index);
    if (this.#sourceError !== undefined) this.end(FAILED, this.#sourceError);
    else this.end(this.#tally.unsuccessful === 0 ? SUCCEEDED : FAILED);
  }

  protected override end(bits: StatusBits, error?: ActionError): void {
    this.#unfollow?.();
    super.end(bits, error);
  }

  /** Reads what is kept of earlier iterations, only now: a million of them may be kept. */
  async #recall(journal: LoopJournal): Promise<void> {
    this.#recalling = true;
    try {
      this.#earlier = await journal.recall();
      this.#tally.addAll(this.#earlier.counts);
      this.#keepEarlier(this.#earlier.frames);
      this.#recalling = false;
      this.#endWhenDone();
    } catch (error) {
      this.run.fault(error);
    }
  }

  #keepEarlier(frames: readonly Frame[]): void {
    for (const frame of frames) {
      if (this.#node.keep === 'all') this.#kept[frame.index] = frame;
      else if (this.#node.keep === 'failures') this.#kept.push(frame);
      if (frame.bits !== SUCCEEDED && frame.index < (this.#firstFailure?.index ?? Infinity)) {
        this.#firstFailure = frame;
      }
    }
  }

  override kept(): KeptOfLoop {
    const first = this.#node.keep === 'summary' ? this.#firstFailure : undefined;
    return { counts: this.#tally.counts(), ...(first && { first: this.iterationKey(first) }) };
  }

  protected override restored(kept: unknown, frames: readonly Frame[]): void {
    this.#tally.addAll((kept as KeptOfLoop | undefined)?.counts ?? {});
    this.#keepEarlier(frames);
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

  override iterationErrors(): ReadonlyMap<number, ActionError> | undefined {
    return this.#keyErrors;
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
