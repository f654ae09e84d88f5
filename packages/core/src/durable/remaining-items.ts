/**
 * The items of a loop that are left after a restart: those whose iterations had begun come first, then
 * those that were never taken. Items whose iteration has ended are passed over.
 * @module
 */
import type { BodyOwner } from '../engine/body-owner.ts';
import type { Frame } from '../engine/frame.ts';
import { itemId } from '../engine/idempotency-key.ts';
import { ItemIdDuplicateError } from '../engine/kinds/item-key.ts';
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
  readonly #mostBegun: number;
  #next: number;

  /**
   * @param begun - items that were taken, and have not ended.
   * @param next - no outcome tells of this item or a later one.
   * @param mostBegun - no more than this had begun and not ended at once.
   */
  constructor(
    items: StoredItems,
    begun: readonly BegunItem[],
    next: number,
    total: number,
    mostBegun: number,
  ) {
    this.#items = items;
    this.#begun = [...begun];
    this.#next = next;
    this.total = total;
    this.#mostBegun = mostBegun;
  }

  /** Which of the items that had begun the loop has not got back yet. */
  get waiting(): readonly number[] {
    return this.#begun.map(({ index }) => index);
  }

  /** The window was full when the other process died, as far as anybody knows. */
  async begun(): Promise<readonly BegunItem[]> {
    const begun = [...this.#begun];
    while (begun.length < this.#mostBegun && this.#next < this.total) {
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

/** What a loop over a stream knows of its items, and wants to know. */
export interface ItemsKnown {
  /** Undefined where no iteration can have ended. */
  readonly ended: EndedIterations | undefined;
  /** No more than this had begun and not ended at once. */
  readonly mostBegun: number;
  /** Told of every item that is passed over. */
  found(index: number, id: string, status: Status): void;
  /** Throws for an item that the loop cannot take. */
  check(index: number, item: unknown): void;
}

interface PulledItem extends BegunItem {
  readonly id: string;
}

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
  readonly #known: ItemsKnown;
  readonly #ready: BegunItem[] = [];
  /** Ids of items that were given and whose iterations have not ended: as many as fit into the window. */
  readonly #open = new Set<string>();
  #pulled = 0;
  #lookUp = 1;
  #exhausted = false;

  /**
   * @param noted - what had begun, where that was noted when the loop was told to stop.
   */
  constructor(
    source: ItemSource,
    owner: BodyOwner,
    noted: readonly BegunItem[] | undefined,
    known: ItemsKnown,
  ) {
    this.#source = source;
    this.#owner = owner;
    this.#noted = noted;
    this.#known = known;
  }

  async next(): Promise<unknown> {
    for (;;) {
      const ready = this.#ready.shift();
      if (ready !== undefined) {
        this.index = ready.index;
        return ready.item;
      }
      if (this.#exhausted) return DONE;
      try {
        await this.#look();
      } catch (error) {
        this.close();
        throw error;
      }
    }
  }

  /** This iteration has ended. */
  ended(frame: Frame): void {
    this.#open.delete(String(this.#owner.iterationKey(frame)));
  }

  async begun(): Promise<readonly BegunItem[]> {
    const { ended, mostBegun } = this.#known;
    if (ended === undefined) return [];
    if (this.#noted !== undefined) return this.#notEnded(this.#noted, ended);
    const begun: BegunItem[] = [];
    while (begun.length < mostBegun) {
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
    const ended = await this.#known.ended?.(pulled.map(({ id }) => id));
    for (const { index, item, id } of pulled) {
      const status = ended?.get(id);
      if (status === undefined) {
        this.#known.check(index, item);
        this.#ready.push({ index, item });
      } else {
        this.#open.delete(id);
        this.#known.found(index, id, status);
      }
    }
    this.#lookUp = this.#ready.length === 0 ? Math.min(maxLookUp, this.#lookUp * 2) : 1;
    if (ended === undefined) this.#lookUp = 1;
  }

  async #pull(count: number): Promise<PulledItem[]> {
    const pulled: PulledItem[] = [];
    while (pulled.length < count) {
      const item = await this.#source.next();
      if (item === DONE) {
        this.#exhausted = true;
        break;
      }
      const index = this.#pulled++;
      const id = itemId({ index, item, owner: this.#owner });
      if (this.#open.has(id)) throw new ItemIdDuplicateError(this.#owner.path, index, id);
      this.#open.add(id);
      pulled.push({ index, item, id });
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
