/**
 * A service that gives the replies which a test has written down, one for each request.
 * @module
 */
import {
  AnonymousCredential,
  ContainerClient,
  type HttpHeaders,
  type IHttpClient,
  type WebResource,
} from '@azure/storage-blob';

/** An HTTP status, Azure's code for a failure, and headers. */
export type ScriptedReply = readonly [
  status: number,
  code?: string | undefined,
  headers?: Readonly<Record<string, string>>,
];

export interface ScriptedService {
  readonly container: ContainerClient;
  /** What was asked: the lease's action, or the method. */
  readonly asked: readonly string[];
}

/** After the last reply it gives none: a request then ends by its abort. */
export function scriptedService(...replies: ScriptedReply[]): ScriptedService {
  const asked: string[] = [];
  const httpClient: IHttpClient = {
    async sendRequest(request) {
      asked.push(request.headers.get('x-ms-lease-action') ?? request.method);
      const reply = replies.shift();
      if (reply === undefined) return untilAborted(request);
      const [status, code, headers = {}] = reply;
      const all = code === undefined ? headers : { ...headers, 'x-ms-error-code': code };
      return { request, status, headers: only(request.headers, all) };
    },
  };
  const container = new ContainerClient(
    'https://account.example.com/jobs',
    new AnonymousCredential(),
    { httpClient, retryOptions: { maxTries: 1 } },
  );
  return { container, asked };
}

function untilAborted({ abortSignal }: WebResource): Promise<never> {
  return new Promise((_, reject) => {
    const aborted = Object.assign(new Error('aborted'), { name: 'AbortError' });
    if (abortSignal?.aborted) reject(aborted);
    else abortSignal?.addEventListener('abort', () => reject(aborted));
  });
}

/** These headers, of the class that the client wants and does not export. */
function only(like: HttpHeaders, headers: Readonly<Record<string, string>>): HttpHeaders {
  const made = like.clone();
  for (const { name } of like.headersArray()) made.remove(name);
  for (const [name, value] of Object.entries(headers)) made.set(name, value);
  return made;
}
