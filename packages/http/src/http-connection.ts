/**
 * One request over fetch: its headers, its token, its time.
 *
 * Invariant: nothing secret comes into a message. Addresses and headers are checked before fetch sees
 * them, because it quotes in its errors what it does not like.
 * @module
 */
import { type Clock, isTransient, untilAborted } from '@runafter/clock';
import { ServiceOptionError, ServiceRefusedError, ServiceUnavailableError } from '@runafter/errors';
import { connectionFault } from './http-errors.ts';
import type { HttpReply, HttpResource } from './http-resource.ts';
import { checkedAddress } from './key-address.ts';

/** What requests have in common. */
export interface HttpConnectionOptions {
  readonly name: string;
  readonly resource: Pick<HttpResource, 'headers' | 'token'>;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/** One request. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal | undefined;
  /** Whether it would change something. */
  readonly writes: boolean;
}

export class HttpConnection {
  readonly #options: HttpConnectionOptions;

  constructor(options: HttpConnectionOptions) {
    this.#options = options;
  }

  /**
   * Sends it once, and reads the reply to its end.
   *
   * @throws {ServiceUnavailableError} `SERVICE_UNAVAILABLE`: there was no reply.
   * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
   */
  async send(request: HttpRequest): Promise<HttpReply> {
    const { name, clock, timeoutMs } = this.#options;
    const url = checkedAddress(name, request.url);
    const limit = new AbortController();
    const stop = clock.setTimer(
      timeoutMs,
      () => limit.abort(new Error(`No reply within ${timeoutMs} ms.`)),
      { ref: false },
    );
    const signals = [limit.signal, request.signal].filter((signal) => signal !== undefined);
    const signal = AbortSignal.any(signals);
    try {
      const headers = await this.#headersOf(request, signal);
      try {
        const response = await this.#options.fetch(url, {
          method: request.method,
          headers,
          signal,
          redirect: 'manual',
          cache: 'no-store',
          ...(request.body !== undefined && { body: request.body }),
        });
        return toReply(response, await textOf(response, request));
      } catch (error) {
        throw connectionFault(name, error, request.writes);
      }
    } catch (error) {
      request.signal?.throwIfAborted();
      throw error;
    } finally {
      stop();
    }
  }

  async #headersOf({ headers, body }: HttpRequest, signal: AbortSignal): Promise<Headers> {
    const all = new Headers({
      accept: 'application/json',
      // Servers that compress give the compressed form an ETag of its own, which If-Match then fails on.
      'accept-encoding': 'identity',
    });
    if (body !== undefined) all.set('content-type', 'application/json');
    const token = await this.#token(signal);
    const given = {
      ...this.#options.resource.headers,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    };
    for (const [header, value] of Object.entries(given)) {
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(header)) {
        const fix = 'has a name that no header can have, such as one with a space.';
        throw new ServiceOptionError(this.#options.name, 'headers', fix);
      }
      if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
        const option = header === 'authorization' ? 'token' : `headers["${header}"]`;
        const fix = 'holds a character that no header can, such as a line break.';
        throw new ServiceOptionError(this.#options.name, option, fix);
      }
      all.set(header, value);
    }
    return all;
  }

  async #token(signal: AbortSignal): Promise<string | undefined> {
    const { name, resource } = this.#options;
    if (resource.token === undefined) return undefined;
    try {
      return await untilAborted(signal, Promise.resolve(resource.token({ signal })));
    } catch (cause) {
      if (signal.aborted || isTransient(cause)) {
        throw new ServiceUnavailableError(name, 'not-done', { cause });
      }
      throw new ServiceRefusedError(name, 'There is no token: look at the token provider.', {
        cause,
      });
    }
  }
}

/**
 * A write that was answered is answered, also when the rest of its reply is lost: the status has said what
 * became of it.
 */
async function textOf(response: Response, { writes, signal }: HttpRequest): Promise<string> {
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer());
  } catch (error) {
    signal?.throwIfAborted();
    if (writes) return '';
    throw error;
  }
}

function toReply({ status, headers }: Response, text: string): HttpReply {
  return {
    status,
    headers,
    text,
    json() {
      try {
        return JSON.parse(text.replace(/^\ufeff/, ''));
      } catch {
        return undefined;
      }
    },
  };
}
