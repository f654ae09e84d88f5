/**
 * An HTTP proxy in front of one service: it writes down every request, and can lose a reply after the
 * service has carried the request out.
 * @module
 */
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came through. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

export interface RecordingProxy {
  /** `http://127.0.0.1:49152` */
  readonly url: string;
  /** What has come through so far. */
  readonly requests: readonly RecordedRequest[];
  /**
   * The next request is carried out, and its reply is thrown away with the connection.
   *
   * @param meanwhile - awaited before the client can notice anything.
   */
  loseReply(meanwhile?: () => Promise<void>): void;
  close(): Promise<void>;
}

/** @param target - the origin of the service. */
export async function recordingProxy(target: string): Promise<RecordingProxy> {
  const requests: RecordedRequest[] = [];
  let loss: (() => Promise<void>) | undefined;

  const forward = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = 'GET', url: path = '/', headers } = request;
    requests.push({ method, path, headers });
    const lost = loss;
    loss = undefined;
    const onward = send(new URL(path, target), { method, headers, agent: false }, (reply) => {
      if (lost === undefined) {
        response.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(response);
        return;
      }
      reply.resume().on('end', () => void lost().then(() => request.socket.destroy()));
    });
    onward.on('error', () => request.socket.destroy());
    request.pipe(onward);
  };

  const server = createServer(forward);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    loseReply(meanwhile = async () => {}) {
      loss = meanwhile;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
