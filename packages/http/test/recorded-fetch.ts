/**
 * A fetch whose replies are given beforehand, and which writes down what was asked.
 * @module
 */

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string | undefined;
}

type Given = Response | Error | ((asked: Asked) => Response);

export interface RecordedFetch {
  readonly fetch: typeof globalThis.fetch;
  readonly asked: readonly Asked[];
}

/** @param replies - one for each request, in this order; the last one for all that follow. */
export function recordedFetch(...replies: [Given, ...Given[]]): RecordedFetch {
  const asked: Asked[] = [];
  return {
    asked,
    async fetch(input, init = {}) {
      const request = {
        method: init.method ?? 'GET',
        url: String(input),
        headers: new Headers(init.headers),
        body: init.body === undefined ? undefined : String(init.body),
      };
      const reply = replies[Math.min(asked.length, replies.length - 1)] as Given;
      asked.push(request);
      if (reply instanceof Error) throw reply;
      return reply instanceof Response ? reply.clone() : reply(request);
    },
  };
}

/** A reply with a JSON body. */
export function json(body: unknown, headers: Record<string, string> = {}, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

/** A reply without a body. */
export function empty(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}

/** What fetch throws when the connection fails. */
export function failed(code: string): Error {
  const cause = Object.assign(new Error(`connect ${code}`), { code });
  return new TypeError('fetch failed', { cause });
}
