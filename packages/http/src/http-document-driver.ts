/**
 * Documents as REST resources: read with GET, written with If-Match, created with If-None-Match: *.
 *
 * Invariant: every write carries a condition, is sent once, and follows no redirect. The resource has no
 * place for facts of ours, so fences are refused, and a write whose reply was lost stays unknown.
 * Read next: http-connection.ts, http-errors.ts, reply-etag.ts.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '@runafter/clock';
import { ServiceRefusedError } from '@runafter/errors';
import {
  type CallOptions,
  type DocumentDriver,
  DocumentInvalidError,
  DocumentOperationError,
  type DocumentRecord,
  type RecordEntry,
  type VersionedRecord,
  type WriteCondition,
} from '@runafter/optimistic';
import type { HttpConnection } from './http-connection.ts';
import { acceptedFault, replyFault } from './http-errors.ts';
import type { HttpOperation, HttpReply, HttpResource } from './http-resource.ts';
import { checkedAddress, fillTemplate } from './key-address.ts';
import { nextPageOf } from './next-page.ts';
import { canMatch, etagOfReply, isEtag, unknownEtag } from './reply-etag.ts';

type Answer = HttpReply | 'missing' | 'conflict';

/** What no request of a kind can be told: then it went to the wrong address. */
const nonsense: Readonly<Partial<Record<HttpOperation, string>>> = {
  read: 'conflict',
  create: 'missing',
};

export class HttpDocumentDriver implements DocumentDriver {
  readonly name: string;
  readonly keepsFacts = false;
  readonly #resource: HttpResource;
  readonly #connection: HttpConnection;
  readonly #clock: Clock;

  constructor(name: string, resource: HttpResource, connection: HttpConnection, clock: Clock) {
    this.name = name;
    this.#resource = resource;
    this.#connection = connection;
    this.#clock = clock;
  }

  async read(key: string, { signal }: CallOptions): Promise<VersionedRecord | undefined> {
    const reply = await this.#ask('read', key, { method: 'GET', signal });
    if (typeof reply === 'string') return undefined;
    const etag = etagOfReply(reply);
    if (etag === undefined || !isEtag(etag)) {
      throw this.#unexpected(
        'The reply has no ETag that If-Match could take, so nobody could see a change: the resource has to give one, as a header or as `@odata.etag`.',
      );
    }
    return { body: this.#valueIn(key, reply), facts: undefined, etag };
  }

  async write(
    key: string,
    { body = '' }: DocumentRecord,
    condition: WriteCondition,
    { signal }: CallOptions,
  ): Promise<string | undefined> {
    const creates = 'ifNoneMatch' in condition;
    if (!creates && !canMatch(condition.ifMatch)) return undefined;
    const operation = creates ? 'create' : 'replace';
    const reply = await this.#ask(operation, key, {
      ...this.#methodFor(operation, key),
      body: this.#bodyOf(key, body),
      signal,
      ...(creates && { ifNoneMatch: '*' }),
      ...(!creates && { ifMatch: condition.ifMatch }),
    });
    if (typeof reply === 'string') return undefined;
    const etag = etagOfReply(reply);
    if (etag !== undefined && isEtag(etag)) return etag;
    return this.#findEtag(key, body, operation, signal);
  }

  async remove(key: string, etag: string, { signal }: CallOptions): Promise<boolean> {
    if (this.#resource.remove === false) {
      throw new DocumentOperationError(
        this.name,
        key,
        'remove',
        'The resource is declared without a way to remove: use the service itself.',
      );
    }
    if (!canMatch(etag)) return false;
    const reply = await this.#ask('remove', key, { method: 'DELETE', ifMatch: etag, signal });
    return typeof reply !== 'string';
  }

  async *list(prefix: string, { signal }: CallOptions): AsyncGenerator<RecordEntry> {
    const { list } = this.#resource;
    if (list === undefined) {
      const fix =
        'The resource is declared without `list`: say there where its documents are listed.';
      throw new DocumentOperationError(this.name, prefix, 'list', fix);
    }
    const { entries, next = nextPageOf } = list;
    const first = checkedAddress(this.name, list.url(prefix));
    let url: URL | undefined = first;
    while (url !== undefined) {
      const page = await this.#connection.send({ method: 'GET', url, signal, writes: false });
      if (page.status !== 200) throw replyFault(this.name, page, false, this.#clock);
      for (const { key, etag } of entries(page)) {
        if (key.startsWith(prefix)) yield { key, etag, isTombstone: false };
      }
      const target = next(page);
      url =
        target === undefined
          ? undefined
          : this.#onward(checkedAddress(this.name, target, url), first);
    }
  }

  async close(): Promise<void> {
    // fetch holds nothing but idle connections, which end by themselves and keep no process alive.
  }

  async #ask(
    operation: HttpOperation,
    key: string,
    request: {
      readonly method: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly ifMatch?: string;
      readonly ifNoneMatch?: string;
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<Answer> {
    const { ifMatch, ifNoneMatch, headers, ...rest } = request;
    const writes = operation !== 'read';
    const reply = await this.#connection.send({
      ...rest,
      ...{ writes, url: this.#addressOf(key, operation) },
      headers: {
        ...headers,
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
        ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }),
      },
    });
    const meaning = this.#resource.meaning?.(reply, operation) ?? meaningOf(reply, writes);
    if (meaning === 'accepted') throw acceptedFault(this.name, reply, this.#clock);
    if (meaning === 'refused' || meaning === nonsense[operation]) {
      throw replyFault(this.name, reply, writes, this.#clock);
    }
    return meaning === 'done' ? reply : meaning;
  }

  #addressOf(key: string, operation: HttpOperation): URL | string {
    const { url } = this.#resource;
    return typeof url === 'string' ? fillTemplate(this.name, url, key) : url(key, operation);
  }

  #methodFor(
    operation: 'create' | 'replace',
    key: string,
  ): { readonly method: string; readonly headers?: Readonly<Record<string, string>> } {
    const { create = 'PUT', replace = 'PUT' } = this.#resource;
    const method = operation === 'create' ? create : replace;
    if (method === false) {
      const fix =
        'It has no way to create one under a key of your choice: create it with the service itself, and use its key here.';
      throw new DocumentOperationError(this.name, key, 'create', fix);
    }
    return method === 'MERGE'
      ? { method: 'POST', headers: { 'x-http-method': 'MERGE' } }
      : { method };
  }

  #bodyOf(key: string, text: string): string {
    const { format } = this.#resource;
    if (format === undefined) return text;
    return this.#translate(key, 'writing', () => JSON.stringify(format(JSON.parse(text))));
  }

  #valueIn(key: string, reply: HttpReply): string {
    const { parse } = this.#resource;
    if (parse === undefined) return reply.text;
    return this.#translate(key, 'reading', () => JSON.stringify(parse(reply.json())));
  }

  #translate(key: string, found: 'reading' | 'writing', change: () => string): string {
    try {
      return change();
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      throw new DocumentInvalidError(this.name, key, found, problem, { cause });
    }
  }

  /**
   * The ETag of a version that was written without being told its ETag. What is there now may be another
   * one's by now: only if it says the same, its ETag is as good as that of ours.
   */
  async #findEtag(
    key: string,
    body: string,
    operation: 'create' | 'replace',
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const { [operation]: method = 'PUT' } = this.#resource;
    const found = await this.read(key, { signal }).catch(() => undefined);
    if (found?.body === undefined) return unknownEtag();
    return saysTheSame(body, found.body, method !== 'PUT') ? found.etag : unknownEtag();
  }

  /** @throws {ServiceRefusedError} the next page is elsewhere, where the token must not go. */
  #onward(next: URL, first: URL): URL {
    if (next.origin === first.origin) return next;
    throw this.#unexpected(
      `The next page is at ${next.origin}, and the first one at ${first.origin}: only the origin of the first one gets the token.`,
    );
  }

  #unexpected(fix: string): ServiceRefusedError {
    return new ServiceRefusedError(this.name, fix);
  }
}

/** What the status alone says. To a read only 200 brings the value, whole and from its origin. */
function meaningOf(
  { status }: HttpReply,
  writes: boolean,
): 'done' | 'accepted' | 'missing' | 'conflict' | 'refused' {
  if (writes && status === 202) return 'accepted';
  if (status === 200 || (writes && status > 200 && status < 300)) return 'done';
  if (status === 404 || status === 410) return 'missing';
  return status === 409 || status === 412 ? 'conflict' : 'refused';
}

/** @param merged - the service keeps what is not in `written`, so that `found` may have more fields. */
function saysTheSame(written: string, found: string, merged: boolean): boolean {
  if (written === found) return true;
  try {
    const [ours, theirs] = [JSON.parse(written), JSON.parse(found)];
    return isDeepStrictEqual(merged ? { ...theirs, ...ours } : ours, theirs);
  } catch {
    return false;
  }
}
