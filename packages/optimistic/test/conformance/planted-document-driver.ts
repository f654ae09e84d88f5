/**
 * A document driver in memory with a network in front of it, and one fault of choice: what the suite is
 * tested with. Without a fault it keeps every promise.
 *
 * Each request takes a while to arrive and a while to be answered, so that requests of several
 * connections really overlap.
 * @module
 */
import { type Random, seededRandom } from '@runafter/clock';
import { ServiceUnavailableError } from '@runafter/errors';
import type {
  DocumentDriver,
  DocumentRecord,
  RecordEntry,
  VersionedRecord,
  WriteCondition,
} from '@runafter/optimistic';

/** What a driver may do wrong. */
export type DriverFault =
  | 'overwrites whatever is there'
  | 'compares in one step and writes in another'
  | 'creates over what is there'
  | 'looks in one step and creates in another'
  | 'takes a hash of the value for an ETag'
  | 'begins to count versions anew after a removal'
  | 'removes any version'
  | 'removes neighbours, too'
  | 'lists one page only'
  | 'lists the border of a page twice'
  | 'takes the prefix for a pattern'
  | 'lists tombstones as documents'
  | 'compares keys without case'
  | 'compares keys without trailing spaces'
  | 'composes the characters of keys'
  | 'takes keys for paths'
  | 'cuts keys at 255 characters'
  | 'cuts texts at U+0000'
  | 'changes line breaks'
  | 'takes an empty text for none'
  | 'cuts facts at 2,000 characters'
  | 'writes facts in a step of their own'
  | 'keeps the facts of the creation'
  | 'keeps no tombstones'
  | 'repeats requests by itself'
  | 'takes every broken connection for not done'
  | 'gets stuck by an abort';

/** What all connections share. */
export class PlantedPlace {
  readonly records = new Map<string, VersionedRecord>();
  versions = 0;
  /** Of the network's delays. */
  readonly random: Random = seededRandom(1);
}

/** What a driver is like. */
export interface PlantedDriverOptions {
  readonly fault?: DriverFault;
  readonly keepsFacts?: boolean;
}

export class PlantedDocumentDriver implements DocumentDriver {
  readonly name = 'Planted documents';
  readonly keepsFacts: boolean;
  readonly #place: PlantedPlace;
  readonly #fault: DriverFault | undefined;
  #loss: (() => Promise<void>) | undefined;
  #isStuck = false;

  constructor(place: PlantedPlace, { fault, keepsFacts = true }: PlantedDriverOptions) {
    this.#place = place;
    this.#fault = fault;
    this.keepsFacts = keepsFacts;
  }

  /** Loses the reply of the next request. */
  loseReply(meanwhile: () => Promise<void> = async () => {}): void {
    this.#loss = meanwhile;
  }

  async read(key: string, { signal }: { readonly signal?: AbortSignal | undefined }) {
    return await this.#request(signal, async () => this.#place.records.get(this.#stored(key)));
  }

  async write(
    key: string,
    record: DocumentRecord,
    condition: WriteCondition,
    { signal }: { readonly signal?: AbortSignal | undefined },
  ) {
    return await this.#request(signal, () => this.#write(this.#stored(key), record, condition));
  }

  async remove(
    key: string,
    etag: string,
    { signal }: { readonly signal?: AbortSignal | undefined },
  ) {
    return await this.#request(signal, async () => {
      const { records } = this.#place;
      const known = this.#stored(key);
      if (!this.#holds(known, { ifMatch: etag })) {
        if (this.#fault !== 'removes any version' || !records.has(known)) return false;
      }
      if (this.#fault === 'removes neighbours, too') {
        for (const each of records.keys()) if (each.startsWith(known)) records.delete(each);
      }
      if (this.#fault === 'begins to count versions anew after a removal') this.#place.versions = 0;
      records.delete(known);
      return true;
    });
  }

  async *list(prefix: string): AsyncGenerator<RecordEntry> {
    const pageSize = 50;
    const begins = this.#matcher(this.#stored(prefix));
    const keys = [...this.#place.records.keys()].filter(begins).sort();
    for (const [n, key] of keys.entries()) {
      if (n > 0 && n % pageSize === 0) {
        await this.#hop();
        if (this.#fault === 'lists one page only') return;
        const before = keys[n - 1] ?? '';
        if (this.#fault === 'lists the border of a page twice') yield* this.#entry(before);
      }
      yield* this.#entry(key);
    }
  }

  async close(): Promise<void> {}

  *#entry(key: string): Generator<RecordEntry> {
    const record = this.#place.records.get(key);
    if (record === undefined) return;
    const isTombstone =
      record.body === undefined && this.#fault !== 'lists tombstones as documents';
    yield { key, etag: record.etag, isTombstone };
  }

  #matcher(prefix: string): (key: string) => boolean {
    if (this.#fault !== 'takes the prefix for a pattern') return (key) => key.startsWith(prefix);
    const escaped = prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const pattern = new RegExp(`^${escaped.replaceAll('%', '[^]*').replaceAll('_', '[^]')}`, 'u');
    return (key) => pattern.test(key);
  }

  async #write(
    key: string,
    record: DocumentRecord,
    condition: WriteCondition,
  ): Promise<string | undefined> {
    const { records } = this.#place;
    if (!this.#holds(key, condition)) return undefined;
    const creates = 'ifNoneMatch' in condition;
    if (this.#fault === 'compares in one step and writes in another' && !creates) await this.#hop();
    if (this.#fault === 'looks in one step and creates in another' && creates) await this.#hop();
    const etag = this.#etagOf(record);
    const stored = { ...this.#asStored(record, records.get(key)), etag };
    if (this.#fault === 'keeps no tombstones' && stored.body === undefined) records.delete(key);
    else if (this.#fault === 'writes facts in a step of their own') {
      records.set(key, { ...stored, facts: records.get(key)?.facts });
      await this.#hop();
      await this.#hop();
      records.set(key, { ...(records.get(key) ?? stored), facts: stored.facts });
    } else records.set(key, stored);
    return etag;
  }

  #etagOf({ body }: DocumentRecord): string {
    this.#place.versions++;
    return this.#fault === 'takes a hash of the value for an ETag'
      ? `hash of ${body}`
      : `${this.#place.versions}`;
  }

  #holds(key: string, condition: WriteCondition): boolean {
    const current = this.#place.records.get(key);
    if ('ifNoneMatch' in condition) {
      return current === undefined || this.#fault === 'creates over what is there';
    }
    if (current === undefined) return false;
    if (this.#fault === 'overwrites whatever is there') return true;
    return current.etag === condition.ifMatch;
  }

  #asStored(record: DocumentRecord, before: DocumentRecord | undefined): DocumentRecord {
    const { body, facts } = record;
    switch (this.#fault) {
      case 'cuts texts at U+0000':
        return { body: body?.split('\0')[0], facts };
      case 'changes line breaks':
        return { body: body?.replaceAll('\r\n', '\n'), facts };
      case 'takes an empty text for none':
        return { body: body || undefined, facts };
      case 'cuts facts at 2,000 characters':
        return { body, facts: facts?.slice(0, 2_000) };
      case 'keeps the facts of the creation':
        return { body, facts: before?.facts ?? facts };
      default:
        return record;
    }
  }

  #stored(key: string): string {
    switch (this.#fault) {
      case 'compares keys without case':
        return key.toLowerCase();
      case 'compares keys without trailing spaces':
        return key.trimEnd();
      case 'composes the characters of keys':
        return key.normalize('NFC');
      case 'takes keys for paths':
        return key
          .replaceAll('\\', '/')
          .replace(/\/+/g, '/')
          .replace(/\/\.(?=\/|$)/g, '');
      case 'cuts keys at 255 characters':
        return key.slice(0, 255);
      default:
        return key;
    }
  }

  /** Sends a request through the network. */
  async #request<R>(signal: AbortSignal | undefined, carryOut: () => Promise<R>): Promise<R> {
    await this.#hop();
    if (this.#isStuck) await new Promise(() => {});
    if (signal?.aborted && this.#fault === 'gets stuck by an abort') this.#isStuck = true;
    const meanwhile = this.#loss;
    this.#loss = undefined;
    const reply = await carryOut();
    await this.#hop();
    if (meanwhile === undefined) return reply;
    await meanwhile();
    if (this.#fault === 'repeats requests by itself') return await carryOut();
    const isNotDone = this.#fault === 'takes every broken connection for not done';
    throw new ServiceUnavailableError(this.name, isNotDone ? 'not-done' : 'unknown');
  }

  /** As long as it takes others to get on: now shorter, now longer. */
  async #hop(): Promise<void> {
    const turns = 1 + Math.floor(this.#place.random() * 3);
    for (let turn = 0; turn < turns; turn++) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }
}
