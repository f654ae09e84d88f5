import type { DocumentStore } from '@runafter/optimistic';
import { describe, expect, it } from 'vitest';
import { type HttpResource, httpDocumentStore } from '../src/index.ts';
import { empty, failed, json, type RecordedFetch, recordedFetch } from './recorded-fetch.ts';

const url = 'https://api.example.com/orders/{key}';

function storeOn(
  { fetch }: RecordedFetch,
  resource: Partial<HttpResource> = {},
): DocumentStore<unknown> {
  return httpDocumentStore({ name: 'Orders', url, ...resource }, { fetch });
}

async function errorOf(call: Promise<unknown>): Promise<Error> {
  try {
    await call;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail.');
}

async function listed(store: DocumentStore<unknown>, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

describe('a write', () => {
  it('is a PUT with If-Match, and gives the ETag of the reply, weak or not, as it is', async () => {
    const service = recordedFetch(empty(204, { etag: 'W/"2"' }));
    expect(await storeOn(service).replace('order 17', { n: 1 }, 'W/"1"')).toBe('W/"2"');
    expect(service.asked[0]).toMatchObject({
      method: 'PUT',
      url: 'https://api.example.com/orders/order%2017',
      body: '{"n":1}',
    });
    expect(service.asked[0]?.headers.get('if-match')).toBe('W/"1"');
    expect(service.asked[0]?.headers.get('content-type')).toBe('application/json');
  });

  it('that merges is a POST with X-HTTP-Method', async () => {
    const service = recordedFetch(empty(204, { etag: '"2"' }));
    await storeOn(service, { replace: 'MERGE' }).replace('17', 1, '"1"');
    expect(service.asked[0]?.method).toBe('POST');
    expect(service.asked[0]?.headers.get('x-http-method')).toBe('MERGE');
  });

  it('that creates has If-None-Match: *, and where that cannot be nothing is sent', async () => {
    const service = recordedFetch(empty(201, { etag: '"1"' }));
    await storeOn(service).create('17', 1);
    expect(service.asked[0]?.headers.get('if-none-match')).toBe('*');

    const error = await errorOf(storeOn(service, { create: false }).create('17', 1));
    expect(error).toMatchObject({ code: 'DOCUMENT_OPERATION_UNSUPPORTED', operation: 'create' });
    expect(service.asked).toHaveLength(1);
  });

  it('is never sent with what is no single ETag', async () => {
    const service = recordedFetch(empty(204, { etag: '"2"' }));
    for (const etag of ['*', '', '"1", "2"', '"1"\r\nx: y', '"ä€"', 'a b', '"a"b"']) {
      const error = await errorOf(storeOn(service).replace('17', 1, etag));
      expect(error, etag).toMatchObject({ code: 'ETAG_MISMATCH' });
    }
    expect(service.asked).toHaveLength(0);
  });
});

describe('the ETag of a version that was written', () => {
  it('is read where the reply has none, if what is there says the same', async () => {
    const service = recordedFetch(empty(204), json({ n: 1 }, { etag: '"2"' }));
    expect(await storeOn(service).replace('17', { n: 1 }, '"1"')).toBe('"2"');
  });

  it("is not that of another one's version, and matches nothing afterwards", async () => {
    const service = recordedFetch(empty(204), json({ n: 2 }, { etag: '"3"' }));
    const store = storeOn(service);
    const etag = await store.replace('17', { n: 1 }, '"1"');
    expect(etag).not.toBe('"3"');
    expect(await errorOf(store.replace('17', { n: 5 }, etag))).toMatchObject({
      code: 'ETAG_MISMATCH',
    });
    expect(await errorOf(store.remove('17', etag))).toMatchObject({ code: 'ETAG_MISMATCH' });
    expect(service.asked.map(({ method }) => method)).toEqual(['PUT', 'GET']);
  });

  it('is unknown, and the write done all the same, when reading fails', async () => {
    const service = recordedFetch(empty(204), failed('ECONNRESET'));
    expect(await storeOn(service).replace('17', { n: 1 }, '"1"')).toMatch(/unknown/);
  });

  it('of a merge is found although the service keeps more fields', async () => {
    const service = recordedFetch(empty(204), json({ n: 1, more: 2 }, { etag: '"2"' }));
    const store = storeOn(service, { replace: 'PATCH' });
    expect(await store.replace('17', { n: 1 }, '"1"')).toBe('"2"');
  });
});

describe('a reply', () => {
  it('of 404 or 410 to a read means that there is none', async () => {
    for (const status of [404, 410]) {
      expect(await storeOn(recordedFetch(empty(status))).read('17')).toBeUndefined();
    }
  });

  it('of 404, 409 or 412 to a write means that the document is another one', async () => {
    for (const status of [404, 409, 412]) {
      const error = await errorOf(storeOn(recordedFetch(empty(status))).replace('17', 1, '"1"'));
      expect(error).toMatchObject({ code: 'ETAG_MISMATCH' });
    }
  });

  it('takes its ETag from the body where OData puts it', async () => {
    const service = recordedFetch(json({ '@odata.etag': 'W/"7"', n: 1 }));
    expect((await storeOn(service).read('17'))?.etag).toBe('W/"7"');
  });

  it('without an ETag is refused, with the reason', async () => {
    const error = await errorOf(storeOn(recordedFetch(json({ n: 1 }))).read('17'));
    expect(error).toMatchObject({ code: 'SERVICE_REFUSED' });
    expect(error.message).toContain('no ETag');
  });

  it('that redirects is refused: a write must not end elsewhere', async () => {
    const moved = empty(307, { location: 'https://elsewhere.example.com/' });
    const error = await errorOf(storeOn(recordedFetch(moved)).replace('17', 1, '"1"'));
    expect(error).toMatchObject({ code: 'SERVICE_REFUSED' });
    expect(error.message).toContain('redirects, and a write must not end elsewhere');
  });

  it('that redirects a read is refused for the sake of the token', async () => {
    const moved = empty(302, { location: 'https://elsewhere.example.com/' });
    const error = await errorOf(storeOn(recordedFetch(moved)).read('17'));
    expect(error).toMatchObject({ code: 'SERVICE_REFUSED' });
    expect(error.message).toContain('redirects, and the token must not go elsewhere');
  });

  it.each([
    [206, 'gives a part'],
    [202, 'Only a 200'],
    [203, 'Only a 200'],
  ])('of %i to a read is no value', async (status, part) => {
    const service = recordedFetch(json({ n: 1 }, { etag: '"1"' }, status));
    const error = await errorOf(storeOn(service).read('17'));
    expect(error).toMatchObject({ code: 'SERVICE_REFUSED', cause: { status } });
    expect(error.message).toContain(part);
  });

  it('of 202 leaves open whether a write will be done', async () => {
    const store = storeOn(recordedFetch(empty(202, { etag: '"2"', 'retry-after': '7' })));
    const calls = [store.create('17', 1), store.replace('17', 1, '"1"'), store.remove('17', '"1"')];
    for (const error of await Promise.all(calls.map(errorOf))) {
      expect(error).toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        cause: {
          code: 'SERVICE_UNAVAILABLE',
          retryAfter: 7_000,
          message: expect.stringContaining('accepted, but not done yet'),
        },
      });
    }
  });

  it('of 202 is what the resource says that it means', async () => {
    const service = recordedFetch(empty(202, { etag: '"2"' }));
    const done = storeOn(service, { meaning: () => 'done' });
    expect(await done.replace('17', 1, '"1"')).toBe('"2"');
    const refused = storeOn(service, { meaning: () => 'refused' });
    expect(await errorOf(refused.replace('17', 1, '"1"'))).toMatchObject({
      code: 'SERVICE_REFUSED',
    });
  });

  it('of 304 is no redirect, but what a cache in between says', async () => {
    const error = await errorOf(storeOn(recordedFetch(empty(304))).read('17'));
    expect(error).toMatchObject({ code: 'SERVICE_REFUSED' });
    expect(error.message).toContain('a cache in between');
  });

  it.each([
    [401, 'token'],
    [403, 'right'],
    [428, 'condition'],
    [400, 'HTTP 400, Oops: it is wrong'],
  ])('of %i is a refusal that says what to do', async (status, part) => {
    const refusal = json({ error: { code: 'Oops', message: 'it is wrong' } }, {}, status);
    const error = await errorOf(storeOn(recordedFetch(refusal)).replace('17', 1, '"1"'));
    expect(error).toMatchObject({ code: 'SERVICE_REFUSED', cause: { status } });
    expect(error.message).toContain(part);
  });

  it('of 429 says that nothing was done, and when to come back', async () => {
    const busy = empty(429, { 'retry-after': '7' });
    expect(await errorOf(storeOn(recordedFetch(busy)).replace('17', 1, '"1"'))).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
      retryAfter: 7_000,
    });
  });

  it('of 5xx leaves open whether a write was done; a read was not', async () => {
    const busy = recordedFetch(empty(503, { 'retry-after': '7' }));
    expect(await errorOf(storeOn(busy).replace('17', 1, '"1"'))).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      cause: { code: 'SERVICE_UNAVAILABLE', retryAfter: 7_000 },
    });
    expect(await errorOf(storeOn(busy).read('17'))).toMatchObject({ outcome: 'not-done' });
  });

  it('whose body is cut off after a success is a success', async () => {
    const cut = new ReadableStream({ start: (controller) => controller.error(new Error('cut')) });
    const service = recordedFetch(() => new Response(cut, { headers: { etag: '"2"' } }));
    expect(await storeOn(service).replace('17', 1, '"1"')).toBe('"2"');
    expect(await errorOf(storeOn(service).read('17'))).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
    });
  });
});

describe('a connection', () => {
  it('that was refused means that nothing was done', async () => {
    const error = await errorOf(storeOn(recordedFetch(failed('ECONNREFUSED'))).create('17', 1));
    expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', outcome: 'not-done' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('that was cut leaves open whether a write was done', async () => {
    const error = await errorOf(storeOn(recordedFetch(failed('ECONNRESET'))).create('17', 1));
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });
});

describe('what is secret', () => {
  it('is sent as a bearer token, asked for with a signal before each request', async () => {
    const service = recordedFetch(empty(404));
    let count = 0;
    const store = storeOn(service, {
      token: async ({ signal }) => `token-${++count}-${signal.aborted}`,
    });
    await store.read('17');
    await store.read('17');
    expect(service.asked.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer token-1-false',
      'Bearer token-2-false',
    ]);
  });

  it('is in no message, however wrong it is', async () => {
    const service = recordedFetch(empty(404));
    const resources: Partial<HttpResource>[] = [
      { token: () => 'c2VjcmV0\n' },
      { headers: { 'api-key': 'c2VjcmV0\u0000' } },
      { headers: { 'c2VjcmV0 of mine': '1' } },
      { url: () => 'https://user:c2VjcmV0@example.com/' },
      { url: () => 'orders?sig=c2VjcmV0' },
      { url: () => 'file:///c2VjcmV0' },
    ];
    for (const resource of resources) {
      const error = await errorOf(storeOn(service, resource).read('17'));
      expect(error).toMatchObject({ code: 'SERVICE_OPTION_INVALID' });
      expect(`${error}${error.stack}${JSON.stringify(error)}`).not.toContain('c2VjcmV0');
    }
    expect(service.asked).toHaveLength(0);
  });

  it('that cannot be had is a refusal, or worth another try', async () => {
    const failing = (error: Error) =>
      storeOn(recordedFetch(empty(404)), {
        token: () => {
          throw error;
        },
      });
    const revoked = failing(new Error('revoked'));
    expect(await errorOf(revoked.create('17', 1))).toMatchObject({ code: 'SERVICE_REFUSED' });
    const busy = failing(Object.assign(new Error('busy'), { status: 503 }));
    expect(await errorOf(busy.create('17', 1))).toMatchObject({ outcome: 'not-done' });
  });
});

describe('a listing', () => {
  const page = (keys: string[], more: object = {}, headers = {}) =>
    json({ keys, ...more }, headers);
  const list: HttpResource['list'] = {
    url: (prefix) => `https://api.example.com/orders?prefix=${prefix}`,
    entries: (found) =>
      (found.json() as { keys: string[] }).keys.map((key) => ({ key, etag: `"${key}"` })),
  };
  const keysOf = (service: RecordedFetch, prefix = '') =>
    listed(storeOn(service, { list }), prefix);

  it('follows next links, relative ones as well, and keeps to the prefix', async () => {
    const service = recordedFetch(
      page(['a-1', 'b-1'], { '@odata.nextLink': '/orders?page=2' }),
      page(['a-2'], {}, { link: '</orders?page=0>; rel="prev", </orders?page=3>; rel="next"' }),
      page(['a-3']),
    );
    expect(await keysOf(service, 'a-')).toEqual(['a-1', 'a-2', 'a-3']);
    expect(service.asked.map((request) => new URL(request.url).search)).toEqual([
      '?prefix=a-',
      '?page=2',
      '?page=3',
    ]);
  });

  it('goes to no other origin, where the token must not go', async () => {
    const service = recordedFetch(page(['a'], { '@odata.nextLink': 'https://evil.example.com/' }));
    expect(await errorOf(keysOf(service))).toMatchObject({ code: 'SERVICE_REFUSED' });
    expect(service.asked).toHaveLength(1);
  });

  it('that a resource does not offer says so', async () => {
    const error = await errorOf(listed(storeOn(recordedFetch(empty(404)))));
    expect(error).toMatchObject({ code: 'DOCUMENT_OPERATION_UNSUPPORTED', operation: 'list' });
  });
});

it('a key that would mean another folder is refused, and a url without a place for keys too', async () => {
  const service = recordedFetch(empty(404));
  for (const key of ['.', '..']) {
    expect(await errorOf(storeOn(service).read(key))).toMatchObject({
      code: 'DOCUMENT_KEY_INVALID',
    });
  }
  expect(() => httpDocumentStore({ url: 'https://api.example.com/orders' })).toThrow(
    expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', option: 'url' }),
  );
});
