/**
 * What many see of one document at the same time is what they could have seen one after the other.
 *
 * Each version has an ETag of its own, so nothing has to be searched: a version lives from the write that
 * made it to the write that ended it, and whoever says that he saw it must have looked while it lived.
 * @module
 */
import { seededRandom } from '@runafter/clock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DocumentStore, StoredDocument } from '../document-port.ts';
import type { Parcel } from './document-store-harness.ts';
import { aParcel, atOnce, connections, need, type Setting } from './setting.ts';

/** From a call to its answer, counted in steps. */
interface Span {
  readonly from: number;
  readonly to: number;
}

interface Version {
  readonly born: Span;
  readonly count: number;
  ended: Span | undefined;
}

/** How a call ended, and how long it took. */
interface Timed<T> {
  readonly done: T | undefined;
  readonly refused: unknown;
  readonly span: Span;
}

const never: Span = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY };

export function historyCases(setting: Setting): void {
  describe('what several do to one document at the same time', () => {
    beforeEach(need(setting, 'create', 'remove'));

    it('looks to all of them as if it was done one after the other', async () => {
      const stores = await connections(setting, 4);
      const seed = setting.seed ?? Math.floor(Math.random() * 2 ** 31);
      const history = new DocumentHistory(`seed ${seed}`);
      await atOnce(stores, 8, async (store, n) => {
        const random = seededRandom(seed + n);
        for (let step = 0; step < 15; step++) {
          await history.act(store, random() < 0.2 ? 'remove' : 'replace', n * 100 + step);
        }
      });
      history.check();
    });
  });
}

class DocumentHistory {
  readonly #title: string;
  readonly #versions = new Map<string, Version>();
  /** What callers were told, to be judged when all versions are known. */
  readonly #claims: (() => void)[] = [];
  #now = 0;

  constructor(title: string) {
    this.#title = title;
  }

  /** Reads, and goes on from there: creates what is missing, else replaces or removes it. */
  async act(store: DocumentStore<Parcel>, then: 'replace' | 'remove', count: number) {
    const read = await this.#timed(store.read('order-17'));
    if (read.done === undefined) await this.#create(store, count, read.span);
    else await this.#write(store, then, count, read.done, read.span);
  }

  check(): void {
    for (const claim of this.#claims) claim();
  }

  async #create(store: DocumentStore<Parcel>, count: number, readAt: Span): Promise<void> {
    this.#claims.push(() => this.#expectGap(readAt));
    const { done, refused, span } = await this.#timed(store.create('order-17', aParcel(count)));
    if (done !== undefined) this.#bear(done, { born: span, count, ended: undefined });
    else this.#expectCode(refused, 'DOCUMENT_EXISTS');
    if (refused === undefined) return;
    this.#claims.push(() => {
      const seen = [...this.#versions.values()].some((version) => mayLiveIn(version, span));
      expect(seen, `${this.#title}: it existed when a creation was refused`).toBe(true);
    });
  }

  async #write(
    store: DocumentStore<Parcel>,
    then: 'replace' | 'remove',
    count: number,
    document: StoredDocument<Parcel>,
    readAt: Span,
  ): Promise<void> {
    const { etag, value } = document;
    this.#claims.push(() => {
      const version = this.#versions.get(etag);
      expect(version?.count, `${this.#title}: what was read was written`).toBe(value.count);
      const lived = version !== undefined && mayLiveIn(version, readAt);
      expect(lived, `${this.#title}: what was read was there at that time`).toBe(true);
    });
    const { done, refused, span } = await this.#timed<string | undefined>(
      then === 'remove'
        ? store.remove('order-17', document).then(() => undefined)
        : store.replace('order-17', aParcel(count), document),
    );
    if (refused === undefined) {
      if (typeof done === 'string') this.#bear(done, { born: span, count, ended: undefined });
      this.#end(etag, span);
      return;
    }
    this.#expectCode(refused, 'ETAG_MISMATCH');
    this.#claims.push(() => {
      const ended = this.#versions.get(etag)?.ended ?? never;
      expect(
        ended.from,
        `${this.#title}: somebody was first when a write was refused`,
      ).toBeLessThan(span.to);
    });
  }

  #bear(etag: string, version: Version): void {
    expect(this.#versions.has(etag), `${this.#title}: an ETag of its own`).toBe(false);
    this.#versions.set(etag, version);
  }

  /** Its writer may be told before the one who made it was: so it is looked up later. */
  #end(etag: string, at: Span): void {
    this.#claims.unshift(() => {
      const version = this.#versions.get(etag);
      expect(version, `${this.#title}: what was overwritten had been written`).toBeDefined();
      if (version === undefined) return;
      expect(version.ended, `${this.#title}: each version is overwritten once`).toBeUndefined();
      expect(version.born.from, `${this.#title}: and after it was written`).toBeLessThan(at.to);
      version.ended = at;
    });
  }

  /** That it was missing for a moment of this time: no version surely lived through all of it. */
  #expectGap(at: Span): void {
    const through = [...this.#versions.values()].some(
      ({ born, ended = never }) => born.to < at.from && ended.from > at.to,
    );
    expect(through, `${this.#title}: it was missing when nobody found it`).toBe(false);
  }

  #expectCode(error: unknown, code: string): void {
    expect(error, this.#title).toMatchObject({ code });
  }

  async #timed<T>(call: Promise<T>): Promise<Timed<T>> {
    const from = ++this.#now;
    try {
      const done = await call;
      return { done, refused: undefined, span: { from, to: ++this.#now } };
    } catch (refused) {
      return { done: undefined, refused, span: { from, to: ++this.#now } };
    }
  }
}

/** Whether a version may have been there at some moment of this time. */
function mayLiveIn({ born, ended = never }: Version, at: Span): boolean {
  return born.from < at.to && ended.to > at.from;
}
