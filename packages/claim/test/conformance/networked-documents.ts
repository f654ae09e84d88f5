/**
 * A store of documents with a network in front of it that takes its time, and loses replies on command. All of it
 * goes by one virtual clock.
 * @module
 */
import { type Clock, type Random, seededRandom } from '@runafter/clock';
import { ServiceUnavailableError } from '@runafter/errors';
import {
  type CallOptions,
  type DocumentEntry,
  type DocumentStore,
  OutcomeUnknownError,
  type StoredDocument,
  type WriteOptions,
} from '@runafter/optimistic';

/** Each has delays of its own. */
let networks = 0;

export class NetworkedDocuments<T> implements DocumentStore<T> {
  readonly name: string;
  readonly #store: DocumentStore<T>;
  readonly #clock: Clock;
  readonly #random: Random = seededRandom(++networks);
  #loss: (() => Promise<void>) | undefined;

  constructor(store: DocumentStore<T>, clock: Clock) {
    this.name = store.name;
    this.#store = store;
    this.#clock = clock;
  }

  read(key: string, options?: CallOptions): Promise<StoredDocument<T> | undefined> {
    const lost = new ServiceUnavailableError(this.name, 'not-done');
    return this.#request(() => this.#store.read(key, options), lost);
  }

  create(key: string, value: T, options?: WriteOptions): Promise<string> {
    return this.#write(key, () => this.#store.create(key, value, options));
  }

  replace(
    key: string,
    value: T,
    version: string | StoredDocument<T>,
    options?: WriteOptions,
  ): Promise<string> {
    return this.#write(key, () => this.#store.replace(key, value, version, options));
  }

  remove(key: string, version: string | StoredDocument<T>, options?: WriteOptions): Promise<void> {
    return this.#write(key, () => this.#store.remove(key, version, options));
  }

  list(prefix: string, options?: CallOptions): AsyncIterable<DocumentEntry> {
    return this.#store.list(prefix, options);
  }

  roundTrip(key: string, value: T): Promise<T> {
    return this.#store.roundTrip(key, value);
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  readonly loseReply = (meanwhile: () => Promise<void> = async () => {}): void => {
    this.#loss = meanwhile;
  };

  #write<R>(key: string, carryOut: () => Promise<R>): Promise<R> {
    return this.#request(carryOut, new OutcomeUnknownError(this.name, key, 'Read it.'));
  }

  async #request<R>(carryOut: () => Promise<R>, lost: Error): Promise<R> {
    const meanwhile = this.#loss;
    this.#loss = undefined;
    await this.#clock.sleep(this.#random());
    const reply = await carryOut();
    await this.#clock.sleep(this.#random());
    if (meanwhile === undefined) return reply;
    await meanwhile();
    throw lost;
  }
}
