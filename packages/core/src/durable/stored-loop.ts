/**
 * The journal's part in a loop: its items, how far it has come, and its iterations.
 *
 * How far it has come is kept only once in a while, with the iterations that were open then. So a
 * restart reads what has ended since, and not a million rows; and keeping it costs next to nothing for
 * each item.
 * @module
 */
import type { ForEachNode } from '../definition/definition.ts';
import type { ActionState } from '../engine/action-state.ts';
import type { Frame } from '../engine/frame.ts';
import type {
  EarlierIterations,
  LoopJournal,
  LoopProgress,
  StatusCounts,
} from '../engine/journal.ts';
import type { LoopWindow } from '../engine/kinds/for-each-execution.ts';
import { ItemIdDuplicateError } from '../engine/kinds/item-key.ts';
import { type ItemSource, isPromiseOfItems, openItems } from '../engine/kinds/item-source.ts';
import type { FrameQuery, StoredOutcome } from '../ports/run-store.ts';
import { type Status, statusName } from '../status.ts';
import { ItemsIdRequiredError } from './durable-errors.ts';
import { iterationDetailsOf, standsForIteration } from './outcome-entry.ts';
import { statePath } from './place.ts';
import { readOrEnd } from './read-or-end.ts';
import { listOf, RemainingItems, UndoneItems } from './remaining-items.ts';
import { type IndexOf, queryOfKept, reviveIterations, unsuccessful } from './revived-iterations.ts';
import type { RunJournal } from './run-journal.ts';
import { StoredItems } from './stored-items.ts';

/** Iterations that end between two times that the progress is kept, at least. */
const keepEvery = 1_000;

export class StoredLoop implements LoopJournal {
  /** Iterations may have ended before this process took over. */
  #resumed = false;
  readonly #journal: RunJournal;
  readonly #state: ActionState;
  readonly #node: ForEachNode;
  readonly #window: LoopWindow;
  /** Undefined for a stream. */
  #total: number | undefined;
  /** Ended in other processes. */
  readonly #earlier: Partial<Record<Status, number>> = {};
  /** Ended in this one. */
  readonly #ended: Partial<Record<Status, number>> = {};
  #sinceKept = 0;
  /** Of an array, after a restart; items below `#taken` had been taken before. */
  #remaining: RemainingItems | undefined;
  #taken = 0;
  /** Of a stream. */
  #undone: UndoneItems | undefined;
  /** Of a stream: the first item whose iteration ended before and did not succeed. */
  #firstFailed: { readonly index: number; readonly id: string } | undefined;
  /** Whether an iteration ended before, and at which index it stands now. */
  #indexOfEarlier: IndexOf = () => undefined;

  constructor(journal: RunJournal, state: ActionState, node: ForEachNode, window: LoopWindow) {
    this.#journal = journal;
    this.#state = state;
    this.#node = node;
    this.#window = window;
  }

  /** Until the end of its last iteration is kept, a stream may turn out to have an id twice. */
  get mustRecall(): boolean {
    return this.#resumed || this.#undone !== undefined;
  }

  room(): Promise<void> | undefined {
    return this.#journal.isBehind ? this.#journal.afterIterations() : undefined;
  }

  async source(items: () => unknown): Promise<ItemSource> {
    const progress = this.#journal.progress(this.#state);
    if (progress?.loop !== undefined) return this.#goOn(progress.loop);
    const given = items();
    const opened = isPromiseOfItems(given) ? await given : given;
    const list = listOf(opened);
    if (list === undefined || (await this.#wasStream())) return this.#stream(opened);
    return this.#begin(list);
  }

  /** The source may be another one than before; what has ended is known by ids then. */
  async #wasStream(): Promise<boolean> {
    if (!this.#journal.hasBegun(this.#state)) return false;
    if (this.#journal.progress(this.#state)?.stream) return true;
    const [first] = await this.#read({ limit: 1 });
    return typeof first?.key === 'string';
  }

  async #begin(list: readonly unknown[]): Promise<ItemSource> {
    this.#total = list.length;
    await this.#journal.keepItems(this.#state, list);
    await this.#journal.save(this.#state, {
      loop: { total: list.length, next: 0, open: [], counts: {} },
      window: this.#ownWindow,
    });
    return openItems(list, this.#state.path);
  }

  /** The most items that this process takes before the first of them has ended. */
  get #ownWindow(): number {
    const { concurrency, key, lookAhead } = this.#node;
    return concurrency.most + (key === undefined ? 0 : lookAhead);
  }

  /** The same of all processes before; where nobody has kept it, any. */
  get #windowBefore(): number {
    return this.#journal.progress(this.#state)?.window ?? Infinity;
  }

  async #goOn({ total, next, open, stopped, counts }: LoopProgress): Promise<ItemSource> {
    this.#resumed = true;
    add(this.#earlier, counts);
    const outcomes = [
      ...(open.length === 0 ? [] : await this.#read({ keys: open })),
      ...(await this.#read({ after: next - 1 })),
    ];
    const ended = new Set<unknown>();
    let taken = next;
    for (const { key, status } of outcomes) {
      ended.add(key);
      add(this.#earlier, { [status]: 1 });
      taken = Math.max(taken, Number(key) + 1);
    }
    const begun: number[] = [...open];
    for (let index = next; index < taken; index++) begun.push(index);
    const left = new Set(begun.filter((index) => !ended.has(index)));
    this.#indexOfEarlier = ({ key }) => {
      const index = Number(key);
      return index < taken && !left.has(index) ? index : undefined;
    };
    const window = this.#windowBefore;
    // Twice: where a write failed, those that were called after it may have taken effect.
    this.#journal.knowsBelow(this.#state, taken + 2 * window);
    if (this.#ownWindow > window) {
      await this.#journal.save(this.#state, { window: this.#ownWindow });
    }
    const stored = new StoredItems(this.#journal.parts, this.#state);
    const items = [];
    for (const index of left) items.push({ index, item: await stored.at(index) });
    // From now on there is more to keep than what was read.
    this.#total = total;
    this.#taken = taken;
    const mostBegun = stopped ? items.length : window;
    this.#remaining = new RemainingItems(stored, items, taken, total, mostBegun);
    return this.#remaining;
  }

  async #stream(items: unknown): Promise<ItemSource> {
    if (this.#node.id === undefined) throw new ItemsIdRequiredError(this.#state.path);
    this.#window.identifyById();
    this.#resumed = this.#journal.hasBegun(this.#state);
    const { begun: noted, stream } = this.#journal.progress(this.#state) ?? {};
    const mostBegun = this.#windowBefore;
    if (!stream) await this.#journal.save(this.#state, { stream: true, window: this.#ownWindow });
    else if (this.#ownWindow > mostBegun) {
      await this.#journal.save(this.#state, { window: this.#ownWindow });
    }
    const indexes = new Map<unknown, number>();
    this.#indexOfEarlier = ({ key }) => indexes.get(key);
    const { keep } = this.#node;
    this.#undone = new UndoneItems(openItems(items, this.#state.path), this.#window.owner, noted, {
      ended: this.#resumed ? (ids) => this.#statusesOf(ids) : undefined,
      mostBegun,
      found: (index, id, status) => {
        if (indexes.has(id)) throw new ItemIdDuplicateError(this.#state.path, index, id);
        add(this.#earlier, { [status]: 1 });
        const isKept = keep === 'all' || (keep === 'failures' && status !== 'Succeeded');
        if (isKept) indexes.set(id, index);
        else if (status !== 'Succeeded') this.#firstFailed ??= { index, id };
      },
      check: (index, item) => {
        if (keep !== 'summary') this.#checkStorable(index, item);
      },
    });
    return this.#undone;
  }

  /** Before its iteration begins: once that has ended it would be too late to fail. */
  #checkStorable(index: number, item: unknown): void {
    const { sealing } = this.#journal.parts;
    const { path, node } = this.#state;
    const what = `Item ${index} of "${path}", which is kept because the loop is not \`keep: 'summary'\`,`;
    sealing.encode(item, (node as ForEachNode).secureItems, what);
  }

  async #statusesOf(ids: readonly string[]): Promise<ReadonlyMap<string, Status>> {
    const outcomes = await this.#read({ keys: ids });
    return new Map(outcomes.map(({ key, status }) => [String(key), status]));
  }

  ended(frame: Frame): void {
    this.#undone?.ended(frame);
    const only = frame.at(0);
    if (frame.body.nodes.length === 0 || !standsForIteration(only)) {
      this.#journal.recordIteration(frame, iterationDetailsOf(frame));
    }
    add(this.#ended, { [statusName(frame.bits) as Status]: 1 });
    if (this.#total === undefined || ++this.#sinceKept < keepEvery) return;
    const open = this.#window.open();
    // As many as are open: a window of any size costs the same for each item.
    if (this.#sinceKept >= open.length) this.#keep(open.map(({ index }) => index));
  }

  stopping(): void {
    const open = this.#window.open();
    const indexes = open.map(({ index }) => index);
    if (this.#total !== undefined) this.#keep(indexes, true);
    else if (open.length > 0) {
      // Of items that cannot be stored nothing is noted; the stream is asked for them again.
      this.#journal.save(this.#state, { begun: open }).catch(() => undefined);
    }
  }

  #keep(active: readonly number[], stopped = false): void {
    if (this.#total === undefined) return;
    this.#sinceKept = 0;
    const counts: Partial<Record<Status, number>> = {};
    add(counts, this.#earlier);
    add(counts, this.#ended);
    const open = [...active, ...(this.#remaining?.waiting ?? [])];
    const next = Math.max(this.#window.next, this.#taken);
    const loop = { total: this.#total, next, open, stopped, counts };
    // It must never be ahead of the iterations that it calls ended.
    void this.#journal.afterIterations().then(() => this.#journal.save(this.#state, { loop }));
  }

  async recall(): Promise<EarlierIterations> {
    if (this.#undone !== undefined) await this.#journal.afterIterations();
    if (!this.#resumed) return { counts: {}, frames: [] };
    if (this.#total === undefined && this.#window.owner.stop !== undefined) await this.#countAll();
    const { keep } = this.#node;
    const { revival } = this.#journal;
    const frames =
      keep === 'summary'
        ? await this.#firstFailure()
        : await reviveIterations(revival, this.#window, queryOfKept(keep), (outcome, then) =>
            this.#indexOfEarlier(outcome, then),
          );
    return { counts: this.#earlier, frames };
  }

  /** A stream that was told to stop is not read to its end: what has ended is all in the store. */
  async #countAll(): Promise<void> {
    const here = new Set(this.#window.keptKeys());
    const earlier: Partial<Record<Status, number>> = {};
    const path = statePath(this.#state);
    for await (const { status } of this.#journal.revival.outcomes(path)) {
      add(earlier, { [status]: 1 });
    }
    for (const [status, count] of Object.entries(this.#ended) as [Status, number][]) {
      add(earlier, { [status]: -count });
    }
    Object.assign(this.#earlier, earlier);
    const indexOfPulled = this.#indexOfEarlier;
    this.#indexOfEarlier = (outcome, then) =>
      here.has(outcome.key) ? undefined : (indexOfPulled(outcome, then) ?? then);
  }

  async #firstFailure(): Promise<readonly Frame[]> {
    const failed = this.#firstFailed;
    const query = failed ? { keys: [failed.id] } : { statuses: unsuccessful, limit: 1 };
    const { revival } = this.#journal;
    return reviveIterations(
      revival,
      this.#window,
      query,
      (outcome, then) => failed?.index ?? this.#indexOfEarlier(outcome, then),
    );
  }

  #read(query: FrameQuery): Promise<readonly StoredOutcome[]> {
    const { parts } = this.#journal;
    const { run, store } = parts;
    return readOrEnd(parts, () => store.readFrame(run.runId, statePath(this.#state), query));
  }
}

function add(sum: Partial<Record<Status, number>>, counts: StatusCounts): void {
  for (const [status, count] of Object.entries(counts) as [Status, number][]) {
    sum[status] = (sum[status] ?? 0) + count;
  }
}
