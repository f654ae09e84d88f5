/** What only the real fetch shows. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { virtualClock } from '@runafter/clock';
import { expect, it, onTestFinished } from 'vitest';
import { httpDocumentStore } from '../src/index.ts';

async function addressOf(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('a redirect is not followed, wherever it leads, and the token goes nowhere else', async () => {
  const asked: (string | undefined)[] = [];
  const url = await addressOf((request, response) => {
    asked.push(request.url);
    response.writeHead(302, { location: '/elsewhere', etag: '"1"' }).end();
  });
  const store = httpDocumentStore({ url: `${url}/{key}`, token: () => 'secret' });
  for (const call of [store.read('17'), store.replace('17', 1, '"1"')]) {
    await expect(call).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
  }
  expect(asked).toEqual(['/17', '/17']);
});

it('a service that does not answer is given up after the time-out; a write may have been done', async () => {
  const clock = virtualClock();
  const url = await addressOf(() => void clock.advance('5s'));
  const store = httpDocumentStore({ url: `${url}/{key}` }, { clock, timeout: '5s' });
  await expect(store.create('17', 1)).rejects.toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    cause: { message: expect.stringContaining('No reply within 5000 ms') },
  });
});

it('an abort ends a call with the reason of its signal', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const url = await addressOf(() => controller.abort(reason));
  const store = httpDocumentStore({ url: `${url}/{key}` });
  await expect(store.create('17', 1, { signal: controller.signal })).rejects.toBe(reason);
});
