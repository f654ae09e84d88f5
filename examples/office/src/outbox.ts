/**
 * What mail and chat share: a message cannot be taken back, so its effect is counted once by its key.
 *
 * Invariant: two calls with the same `Idempotency-Key` leave one message behind and get the same
 * answer; the journal remembers both deliveries. Read next: mail.ts, chat.ts, journal.ts.
 * @module
 */
import { type Call, Refusal, type Reply, type Service } from './call.ts';
import type { Collection, Fields, Row } from './collection.ts';
import type { Store } from './store.ts';

const codes = {
  badRequest: 'BadRequest',
  throttled: 'TooManyRequests',
  unavailable: 'serviceNotAvailable',
};

export abstract class Outbox implements Service {
  readonly codes = codes;
  readonly #store: Store;
  readonly #messages: Collection;

  constructor(store: Store, name: string, columns: readonly string[]) {
    this.#store = store;
    this.#messages = store.find('outbox', name) ?? store.create('outbox', name, { columns });
  }

  handle(call: Call): Reply {
    const fields = this.read(call);
    const earlier = this.#store.journal.earlier(call);
    const row =
      earlier === undefined ? this.#messages.insert(fields) : this.#messages.byId(earlier);
    if (!row) throw new Error(`Message ${earlier} is in the journal and not in the outbox.`);
    this.#store.journal.record(call, 'send', row.id, earlier === undefined);
    return this.answer(row);
  }

  errorBody(code: string, message: string): unknown {
    return { error: { code, message } };
  }

  /** Everything that was sent, oldest first; a repeated delivery is not in it. */
  sent(): Row[] {
    return this.#messages.page();
  }

  /** @throws {Refusal} when the path or the body is not that of a message. */
  protected abstract read(call: Call): Fields;
  protected abstract answer(row: Row): Reply;
}

/** @throws {Refusal} 404 for another path, 405 for another method. */
export function requirePost(call: Call, path: RegExp): RegExpExecArray {
  const match = path.exec(call.path);
  if (!match) throw new Refusal(404, 'UnknownError', `There is nothing at ${call.path}.`);
  if (call.method !== 'POST') throw Refusal.methodNotAllowed(call, 'POST');
  return match;
}
