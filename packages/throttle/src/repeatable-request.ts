/**
 * Whether an HTTP request may be sent a second time, and how.
 *
 * Invariant: what is sent again has either not been carried out before, or does no harm when it is carried out
 * twice; and it is sent whole.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
 * @module
 */
import { isThrottled } from '@runafter/clock';
import { readProperty } from '@runafter/errors';

/** What fetch takes first. */
export type FetchInput = Parameters<typeof fetch>[0];
/** What fetch takes second. */
export type FetchInit = Parameters<typeof fetch>[1];

const idempotentMethods: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'],
]);

/** No connection was made, so nothing was sent over it. */
const neverSent: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'],
]);

/** A request, to be sent once for each attempt. */
export class RepeatableRequest {
  readonly #input: FetchInput;
  readonly #init: FetchInit;
  readonly #keepsBody: boolean;
  /** Whether to carry it out twice is no different from once. */
  readonly #isIdempotent: boolean;
  readonly #followsRedirects: boolean;
  #wasSent = false;

  /** @param keepsBody - whether there may be another attempt, for which the body of a Request is to be kept. */
  constructor(input: FetchInput, init: FetchInit, keepsBody: boolean) {
    this.#input = input;
    this.#init = init;
    this.#keepsBody = keepsBody;
    const request = isRequest(input) ? input : undefined;
    const method = init?.method ?? request?.method ?? 'GET';
    const headers = new Headers(init?.headers ?? request?.headers);
    this.#isIdempotent =
      idempotentMethods.has(method.toUpperCase()) || headers.has('idempotency-key');
    this.#followsRedirects = (init?.redirect ?? request?.redirect ?? 'follow') === 'follow';
  }

  /** The signal that fetch will obey. With null, `init` says: none, although the request has one. */
  get signal(): AbortSignal | undefined {
    const { signal } = this.#init ?? {};
    if (signal !== undefined) return signal ?? undefined;
    return isRequest(this.#input) ? this.#input.signal : undefined;
  }

  /** Sends it. What a Request has as its body is kept for another attempt, until {@link end}. */
  send(fetch: typeof globalThis.fetch): Promise<Response> {
    this.#wasSent = true;
    return fetch(this.#kept?.clone() ?? this.#input, this.#init);
  }

  /** @param failure - what became of the last attempt: an error, or a response. */
  mayRepeat(failure: unknown): boolean {
    if (!this.#wasSent) return true;
    if (isReadOnce(this.#init?.body)) return false;
    return this.#isIdempotent || this.#wasNotCarriedOut(failure);
  }

  /** Who sends a request on to another address may have carried it out, whatever is said there. */
  #wasNotCarriedOut(failure: unknown): boolean {
    if (readProperty(failure, 'redirected') === true) return false;
    return isThrottled(failure) || (!this.#followsRedirects && wasNeverSent(failure));
  }

  /** There will be no other attempt. */
  end(): void {
    if (this.#wasSent) this.#kept?.body?.cancel().catch(() => {});
  }

  get #kept(): Request | undefined {
    const input = this.#input;
    if (!this.#keepsBody || !isRequest(input) || (this.#init?.body ?? null) !== null)
      return undefined;
    return input.body !== null && !input.bodyUsed ? input : undefined;
  }
}

function isRequest(input: FetchInput): input is Request {
  return typeof readProperty(input, 'clone') === 'function';
}

/** Streams, and everything else that fetch reads piece by piece. */
function isReadOnce(body: unknown): boolean {
  return (
    typeof readProperty(body, 'getReader') === 'function' ||
    typeof readProperty(body, Symbol.asyncIterator) === 'function'
  );
}

/** fetch says no more than that it failed; its cause says why, or has the errors of all the addresses of a host. */
function wasNeverSent(failure: unknown): boolean {
  const cause = readProperty(failure, 'cause');
  const ofFirstAddress = readProperty(readProperty(cause, 'errors'), 0);
  return [failure, cause, ofFirstAddress].some(
    (each) =>
      neverSent.has(readProperty(each, 'code')) || readProperty(each, 'syscall') === 'connect',
  );
}
