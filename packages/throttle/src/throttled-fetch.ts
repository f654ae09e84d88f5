/**
 * A fetch that keeps to a limiter and tries again.
 *
 * Invariant: each attempt has a permit of its own, from before it is sent until its headers are there, and tells
 * the limiter with the permit's release how it went. No permit is held during a wait.
 * Read next: repeatable-request.ts, which says what may be sent twice.
 * @module
 */
import { type Limiter, noRetry, parseRetryPolicy, type RetryPolicy } from '@runafter/clock';
import { readProperty } from '@runafter/errors';
import { isTransientResponse } from './fetch-response.ts';
import { type FetchInit, type FetchInput, RepeatableRequest } from './repeatable-request.ts';
import { type RetryOptions, retry } from './retry.ts';
import { transientRetry } from './transient-retry.ts';

/** Options of {@link throttledFetch}. */
export interface ThrottledFetchOptions extends Omit<RetryOptions, 'signal'> {
  /** Holds calls back. Default: none. */
  readonly limiter?: Limiter | undefined;
  /** Default {@link transientRetry}; `noRetry` for none. */
  readonly retry?: RetryPolicy | undefined;
  /** What is called. Default: the global fetch, as it is at the time of the call. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * Makes a function that is used as `fetch` itself, and obeys a limiter, Retry-After and a retry policy.
 *
 * - Whatever the policy takes is tried again when the method is GET, HEAD, OPTIONS, TRACE, PUT or DELETE, or the
 *   request has an `Idempotency-Key`. Anything else, such as a POST, only when it was certainly not carried out:
 *   after 429, after 503 with a Retry-After, and, with `redirect: 'error'` or `'manual'`, when no connection could
 *   be had: where redirects are followed, it may be the second address that cannot be reached.
 * - A body that can be read only once (a stream) is never sent twice. The body of a `Request` is kept in memory
 *   for the next attempt.
 * - When the retries are used up, the last response is returned, or the last error thrown, as with fetch. Bodies of
 *   the responses before it are cancelled.
 * - A limiter gets 408, 429 and 5xx as what the permit is released with, so one that adapts learns from them.
 * - The signal of the call ends all of it at once: the wait for a permit, the request and the wait for a retry.
 *
 * @throws {RetryPolicyError} `RETRY_POLICY_INVALID`
 * @example
 * const crm = throttledFetch({ limiter: limiter({ rate: { calls: 600, per: '1m' } }) });
 * const response = await crm('https://crm.example/api/leads', { signal });
 */
export function throttledFetch(options: ThrottledFetchOptions = {}): typeof globalThis.fetch {
  const { limiter, retry: given = transientRetry, fetch, ...retryOptions } = options;
  const policy = parseRetryPolicy(given);

  return async (input: FetchInput, init?: FetchInit) => {
    const request = new RepeatableRequest(input, init, policy.type !== 'none');
    const { signal } = request;
    const send = () => sendWithPermit(request, limiter, fetch ?? globalThis.fetch);
    try {
      return await retry(send, repeating(policy, request), { ...retryOptions, signal });
    } finally {
      request.end();
    }
  };
}

/** The policy, but not for what must not be sent again. */
function repeating(policy: RetryPolicy, request: RepeatableRequest): RetryPolicy {
  if (policy.type === 'none') return noRetry;
  const { when = isNoAbort } = policy;
  return { ...policy, when: (failure) => request.mayRepeat(failure) && when(failure) };
}

/** What a policy takes that does not say. */
function isNoAbort(error: unknown): boolean {
  return readProperty(error, 'name') !== 'AbortError';
}

async function sendWithPermit(
  request: RepeatableRequest,
  limiter: Limiter | undefined,
  fetch: typeof globalThis.fetch,
): Promise<Response> {
  const permit = await limiter?.acquire({ signal: request.signal });
  try {
    const response = await request.send(fetch);
    permit?.release(isTransientResponse(response) ? response : undefined);
    return response;
  } catch (error) {
    permit?.release(error);
    throw error;
  }
}
