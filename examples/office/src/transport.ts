/**
 * One request over fetch, and its failure as an OfficeError.
 *
 * Invariant: an abort is thrown as the signal's own reason, a reply that is no success as an OfficeError
 * with its status, and a lost connection as an OfficeError without one. Read next: client.ts.
 * @module
 */
import { parseRetryAfter, systemClock } from '@runafter/clock';
import { type Errand, OfficeError } from './office-error.ts';

/** Options of every call. */
export interface CallOptions {
  /** Aborting it drops the call; a write may have gone through nevertheless. */
  readonly signal?: AbortSignal | undefined;
  /** Repeat a call with the same key, and its effect counts once (mail, chat) or can be traced. */
  readonly idempotencyKey?: string | undefined;
}

interface RequestOptions extends CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Sends one request; `errand` is for the message if it fails. */
export type Transport = (
  url: string,
  errand: Omit<Errand, 'connection'>,
  options?: RequestOptions,
) => Promise<Response>;

export function createTransport(
  connection: string,
  clientSignal: AbortSignal | undefined,
): Transport {
  return async (url, errandOf, options = {}) => {
    const { method = 'GET', headers, body, idempotencyKey } = options;
    const errand = { ...errandOf, connection };
    const signals = [clientSignal, options.signal].filter((signal) => signal !== undefined);
    const signal = AbortSignal.any(signals);
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        signal,
        headers: {
          'x-connection-id': connection,
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (response.ok) return response;
    } catch (error) {
      signal.throwIfAborted();
      throw connectionLost(errand, error);
    }
    throw await refused(errand, response);
  };
}

function connectionLost(errand: Errand, error: unknown): OfficeError {
  const cause = (error as Error).cause as { code?: string } | undefined;
  const code = cause?.code ?? 'ECONNRESET';
  return new OfficeError(errand, { code, reason: String(error), cause: error });
}

async function refused(errand: Errand, response: Response): Promise<OfficeError> {
  const { status } = response;
  const { code, message } = await readError(response);
  return new OfficeError(errand, { status, code, reason: message, retryAfter: readWait(response) });
}

/** SharePoint wraps its message once more than the others. */
async function readError(response: Response): Promise<{ code: string; message: string }> {
  const body = (await response.json().catch(() => ({}))) as Record<string, ErrorBody | undefined>;
  const { code, message } = body['odata.error'] ?? body.error ?? {};
  return {
    code: code ?? `HTTP_${response.status}`,
    message: (typeof message === 'object' ? message.value : message) ?? response.statusText,
  };
}

interface ErrorBody {
  readonly code?: string;
  readonly message?: string | { readonly value?: string };
}

/** The exact time comes first: at a hundredfold speed, the whole second of Retry-After is long. */
function readWait({ headers }: Response): number | undefined {
  const exact = headers.get('x-ms-retry-after-ms');
  return exact === null ? parseRetryAfter(headers.get('retry-after'), systemClock) : Number(exact);
}
