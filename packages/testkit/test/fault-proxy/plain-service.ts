/**
 * A service that answers each line with `did LINE`, and a client that collects what it gets.
 * @module
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A service that is listening until the test ends. */
export interface PlainService {
  readonly port: number;
  /** The lines that were carried out, by all connections. */
  readonly did: readonly string[];
  /** How its connections ended: `end`, `reset`. */
  readonly endings: readonly string[];
}

/** @param answer - in how many parts and when; at once in one unless given. */
export async function plainService(
  answer: (reply: string, socket: Socket) => void = (reply, socket) => void socket.write(reply),
): Promise<PlainService> {
  const did: string[] = [];
  const endings: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        did.push(line);
        answer(`did ${line}\n`, socket);
      }
    });
    socket.on('end', () => endings.push('end'));
    socket.on('error', () => endings.push('reset'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('there is no TCP here');
  return { port: address.port, did, endings };
}

/** A connection that is open until the test ends. */
export interface PlainClient {
  send(text: string): void;
  /** Begins to read, when it did not from the start. */
  read(): void;
  /** Sends its end, and goes on reading. */
  end(): void;
  /** What has come in so far. */
  readonly received: string;
  /** How the connection ended: `end`, `ECONNRESET`; undefined while it is open. */
  readonly ending: string | undefined;
}

export async function plainClient(
  port: number,
  { isSlow = false }: { readonly isSlow?: boolean } = {},
): Promise<PlainClient> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  let received = '';
  let ending: string | undefined;
  const read = () => {
    socket.setEncoding('utf8').on('data', (text) => {
      received += text;
    });
  };
  if (!isSlow) read();
  socket.on('end', () => {
    ending ??= 'end';
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    ending ??= error.code;
  });
  await once(socket, 'connect');
  return {
    send: (text) => void socket.write(text),
    read,
    end: () => void socket.end(),
    get received() {
      return received;
    },
    get ending() {
      return ending;
    },
  };
}
