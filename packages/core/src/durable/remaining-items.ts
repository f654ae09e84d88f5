/**
 * The items of a loop that are left after a restart: those whose iterations had begun come first, then
 * those that were never taken. Items whose iteration has ended are passed over.
 * @module
 */
import type { BodyOwner } from '../engine/body-owner.ts';
import { itemId } from '../engine/idempotency-key.ts';
import { type BegunItem, DONE, type ItemSource } from '../engine/kinds/item-source.ts';
import type { Status } from '../status.ts';
import type { StoredItems } from './stored-items.ts';

/** Of an array that is stored. */
export class RemainingItems implements ItemSource {
  readonly isAsync = true;
  readonly total: number;
  index = -1;
  readonly #items: StoredItems;
  readonly #begun: BegunItem[];
  readonly #beganNoMore: boolean;
  #next: number;

  /**
   * @param begun - items that were taken, and have not ended.
   * @param next - no outcome tells of this item or a later one.
   * @param beganNoMore - those in `begun` are all that had begun.
   */
  constructor(
    items: StoredItems,
    begun: readonly BegunItem[],
    next: number,
    total: number,
    beganNoMore: boolean,
  ) {
    this.#items = items;
    this.#begun = [...begun];
    this.#next = next;
    this.total = total;
    this.#beganNoMore = beganNoMore;
  }

  /** Which of the items that had begun the loop has not got back yet. */
  get waiting(): readonly number[] {
    return this.#begun.map(({ index }) => index);
  }

  /** The window was full when the other process died, as far as anybody knows. */
  async begun(atMost: number): Promise<readonly BegunItem[]> {
    const begun = [...this.#begun];
    while (!this.#beganNoMore && begun.length < atMost && this.#next < this.total) {
      begun.push({ index: this.#next, item: await this.#items.at(this.#next++) });
    }
    return begun;
  }

  async next(): Promise<unknown> {
    const begun = this.#begun.shift();
    this.index = begun?.index ?? this.#next;
    if (begun !== undefined) return begun.item;
    if (this.#next >= this.total) return DONE;
    return this.#items.at(this.#next++);
  }

  close(): void {
    this.#begun.length = 0;
    this.#next = this.total;
  }
}

/** Which of these items' iterations have ended, and as what. */
export type EndedIterations = (ids: readonly string[]) => Promise<ReadonlyMap<string, Status>>;

/** As many items are looked up at once at most, while all of them turn out to have ended. */
const maxLookUp = 256;

/**
 * Of a stream, which is read again from its beginning. While items turn out to be done, more and more
 * are looked up at once; from the first that is not, they are pulled one by one again.
 */
export class UndoneItems implements ItemSource {
  readonly isAsync = true;
  readonly total = undefined;
  index = -1;
  readonly #source: ItemSource;
  readonly #owner: BodyOwner;
  readonly #noted: readonly BegunItem[] | undefined;
  readonly #ended: EndedIterations | undefined;
  readonly #found: (index: number, id: string, status: Status) => void;
  readonly #ready: BegunItem[] = [];
  #pulled = 0;
  #lookUp = 1;
  #exhausted = false;

  /**
   * @param noted - what had begun, where that was noted when the loop was told to stop.
   * @param ended - undefined where no iteration can have ended: then the ids are only checked.
   * @param found - told of every item that is passed over.
   */
  constructor(
    source: ItemSource,
    owner: BodyOwner,
    noted: readonly BegunItem[] | undefined,
    ended: EndedIterations | undefined,
    found: (index: number, id: string, status: Status) => void,
  ) {
    this.#source = source;
    this.#owner = owner;
    this.#noted = noted;
    this.#ended = ended;
    this.#found = found;
  }

  async next(): Promise<unknown> {
    for (;;) {
      const ready = this.#ready.shift();
      if (ready !== undefined) {
        this.index = ready.index;
        return ready.item;
      }
      if (this.#exhausted) return DONE;
      await this.#look();
    }
  }

  async begun(atMost: number): Promise<readonly BegunItem[]> {
    if (this.#ended === undefined) return [];
    if (this.#noted !== undefined) return this.#notEnded(this.#noted, this.#ended);
    const begun: BegunItem[] = [];
    while (begun.length < atMost) {
      const item = await this.next();
      if (item === DONE) break;
      begun.push({ index: this.index, item });
    }
    return begun;
  }

  async #notEnded(
    items: readonly BegunItem[],
    endedOf: EndedIterations,
  ): Promise<readonly BegunItem[]> {
    const ids = items.map(({ index, item }) => itemId({ index, item, owner: this.#owner }));
    const ended = await endedOf(ids);
    return items.filter((_, position) => !ended.has(ids[position] as string));
  }

  async #look(): Promise<void> {
    const pulled = await this.#pull(this.#lookUp);
    const ended = await this.#ended?.(pulled.map(({ id }) => id));
    for (const { index, item, id } of pulled) {
      const status = ended?.get(id);
      if (status === undefined) this.#ready.push({ index, item });
      else this.#found(index, id, status);
    }
    this.#lookUp = this.#ready.length === 0 ? Math.min(maxLookUp, this.#lookUp * 2) : 1;
    if (ended === undefined) this.#lookUp = 1;
  }

  async #pull(count: number): Promise<(BegunItem & { readonly id: string })[]> {
    const pulled: (BegunItem & { readonly id: string })[] = [];
    while (pulled.length < count) {
      const item = await this.#source.next();
      if (item === DONE) {
        this.#exhausted = true;
        break;
      }
      const index = this.#pulled++;
      pulled.push({ index, item, id: itemId({ index, item, owner: this.#owner }) });
    }
    return pulled;
  }

  close(): void {
    this.#exhausted = true;
    this.#ready.length = 0;
    this.#source.close();
  }
}

/** Items that can be listed as often as one likes, and are therefore stored; undefined for a stream. */
export function listOf(items: unknown): readonly unknown[] | undefined {
  if (Array.isArray(items)) return items;
  return items instanceof Set || items instanceof Map ? [...items] : undefined;
}
