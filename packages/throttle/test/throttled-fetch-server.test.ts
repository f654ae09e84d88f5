/** What really goes over the wire, and what becomes of connections: the global fetch and an HTTP server. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { concurrencyLimiter, exponential, fixed, isTransient, virtualClock } from '@runafter/clock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { throttledFetch } from '../src/index.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let received: string[] = [];
let answers: Answer[] = [];
let origin: string;

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  received.push(`${request.method} ${body}`.trim());
  const answer = answers.shift() ?? ok;
  answer(request, response, body);
});
const ok: Answer = (_, response) => response.end('ok');
const status =
  (code: number, headers = {}): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end(`status ${code}`);
const cut: Answer = (request) => request.socket.destroy();

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** The next requests are answered so. */
function expectRequests(...next: Answer[]): void {
  received = [];
  answers = next;
}

/** Where nobody listens. */
async function closedPort(): Promise<AddressInfo> {
  const closed = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => closed.once('listening', listening));
  const address = closed.address() as AddressInfo;
  await new Promise((end) => closed.close(end));
  return address;
}

const retry = fixed({ count: 3, interval: 0, when: isTransient });

describe('throttledFetch, over the wire', () => {
  it('sends the same request again, whatever its body is made of', async () => {
    const call = throttledFetch({ retry });
    const bodies: [NonNullable<RequestInit['body']>, string][] = [
      ['text', 'PUT text'],
      [new Blob(['blob']), 'PUT blob'],
      [new URLSearchParams({ a: '1' }), 'PUT a=1'],
      [new TextEncoder().encode('bytes').buffer, 'PUT bytes'],
    ];
    for (const [body, expected] of bodies) {
      expectRequests(status(503), cut, ok);
      expect((await call(origin, { method: 'PUT', body })).status).toBe(200);
      expect(received).toEqual([expected, expected, expected]);
    }
  });

  it('sends a Request again, three times, with its body', async () => {
    expectRequests(status(503), cut, ok);
    const request = new Request(origin, { method: 'PUT', body: 'abc' });
    expect(await (await throttledFetch({ retry })(request)).text()).toBe('ok');
    expect(received).toEqual(['PUT abc', 'PUT abc', 'PUT abc']);
    expect(request.bodyUsed).toBe(true);
  });

  it('sends a stream once', async () => {
    expectRequests(status(429));
    const body = new Blob(['abc']).stream();
    const response = await throttledFetch({ retry })(origin, {
      method: 'PUT',
      body,
      duplex: 'half',
    });
    expect(response.status).toBe(429);
    expect(received).toEqual(['PUT abc']);
  });

  it('sends a POST once when its connection is cut, since it may have been carried out', async () => {
    expectRequests(cut);
    await expect(
      throttledFetch({ retry })(origin, { method: 'POST', body: 'abc' }),
    ).rejects.toBeInstanceOf(TypeError);
    expect(received).toEqual(['POST abc']);
  });

  it('sends a POST again when nobody listened, and when it was throttled', async () => {
    const { port } = await closedPort();
    expectRequests(status(429), ok);
    let times = 0;
    const call = throttledFetch({
      retry,
      fetch: (input, init) => fetch(++times === 1 ? `http://127.0.0.1:${port}` : input, init),
    });
    const init = { method: 'POST', body: 'abc', redirect: 'error' } as const;
    expect((await call(origin, init)).status).toBe(200);
    expect(times).toBe(3);
    expect(received).toEqual(['POST abc', 'POST abc']);
  });

  it('sends a POST once when it was sent on to where it is throttled, or where nobody listens', async () => {
    const call = throttledFetch({ retry });
    const { port } = await closedPort();
    expectRequests(status(303, { location: `${origin}/status` }), status(429));
    expect((await call(origin, { method: 'POST', body: 'abc' })).status).toBe(429);
    expect(received).toEqual(['POST abc', 'GET']);
    expectRequests(status(303, { location: `http://127.0.0.1:${port}` }));
    await expect(call(origin, { method: 'POST', body: 'abc' })).rejects.toBeInstanceOf(TypeError);
    expect(received).toEqual(['POST abc']);
  });

  it('frees the connections of responses that are dropped', async () => {
    const taken: Socket[] = [];
    const endless: Answer = ({ socket }, response) => {
      taken.push(socket);
      response.writeHead(503).write('never ends');
    };
    expectRequests(endless, endless, endless, ok);
    expect(await (await throttledFetch({ retry })(origin)).text()).toBe('ok');
    expect(taken).toHaveLength(3);
    await expect.poll(() => taken.every(({ destroyed }) => destroyed)).toBe(true);
  });

  it('waits on its clock for Retry-After', async () => {
    expectRequests(status(429, { 'Retry-After': '30' }), ok);
    const clock = virtualClock();
    const policy = exponential({ count: 1, interval: '1s', when: isTransient });
    const done = throttledFetch({ retry: policy, clock })(origin);
    await expect.poll(() => clock.pending).toBe(1);
    await clock.advance(29_999);
    expect(received).toHaveLength(1);
    await clock.advance(1);
    expect((await done).status).toBe(200);
  });

  it('lets no more through at once than its limiter does', async () => {
    let running = 0;
    let most = 0;
    const slow: Answer = async (_, response) => {
      most = Math.max(most, ++running);
      await new Promise((turn) => setImmediate(turn));
      running--;
      response.end('ok');
    };
    expectRequests(...Array.from({ length: 12 }, () => slow));
    const call = throttledFetch({ retry, limiter: concurrencyLimiter(3) });
    await Promise.all(Array.from({ length: 12 }, async () => (await call(origin)).text()));
    expect(received).toHaveLength(12);
    expect(most).toBeLessThanOrEqual(3);
  });

  it('ends a running request when its signal is aborted', async () => {
    const controller = new AbortController();
    expectRequests(() => controller.abort('stop'));
    await expect(throttledFetch({ retry })(origin, controller)).rejects.toBe('stop');
    expect(received).toHaveLength(1);
  });
});
