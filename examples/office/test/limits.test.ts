import { seededRandom, virtualClock } from '@runafter/clock';
import { describe, expect, test } from 'vitest';
import { documented, type LimitOptions, type ServiceName, serviceNames } from '../src/index.ts';
import { Limiter } from '../src/limits.ts';
import { type ErrorReply, itemsOf, jsonOf, quietOffice, send } from './quiet-office.ts';

function limiterOf(limit: LimitOptions) {
  const clock = virtualClock();
  const limiter = new Limiter(limit, clock, seededRandom(1));
  /** How many of so many calls at once are let in. */
  const admitted = (calls: number, connection = 'a') =>
    Array.from({ length: calls }, () => limiter.admit(connection)).filter((no) => !no).length;
  return { clock, limiter, admitted };
}

const documentedNumbers: [ServiceName, number, number][] = [
  ['sharepoint', 600, 60_000],
  ['dataverse', 6000, 300_000],
  ['mail', 30, 60_000],
  ['chat', 2, 1000],
  ['directory', 3000, 150_000],
  ['sites', 600, 60_000],
];

test.each(documentedNumbers)(
  '%s lets %d calls in at once, and as many again after %d ms',
  async (service, calls, ms) => {
    const { clock, admitted } = limiterOf(documented[service].limit);
    expect(admitted(calls + 50)).toBe(calls);
    await clock.advance(ms);
    expect(admitted(calls + 50)).toBe(calls);
  },
);

test('every service has a documented limit', () => {
  expect(documentedNumbers.map(([service]) => service)).toEqual(serviceNames);
});

describe('a sliding window', () => {
  const limit: LimitOptions = { model: 'sliding-window', calls: 4, window: '1m' };

  test('never lets more in during any minute, wherever the minute begins', async () => {
    const { clock, admitted } = limiterOf(limit);
    expect(admitted(2)).toBe(2);
    await clock.advance('50s');
    expect(admitted(9)).toBe(2);
    await clock.advance('10s');
    expect(admitted(9)).toBe(2);
    await clock.advance('49s');
    expect(admitted(9)).toBe(0);
    await clock.advance('1s');
    expect(admitted(9)).toBe(2);
  });

  test('tells a rejected call when it would be let in, and keeps its word', async () => {
    const { clock, limiter, admitted } = limiterOf(limit);
    admitted(3);
    await clock.advance('20s');
    admitted(1);
    const rejection = limiter.admit('a');
    expect(rejection).toMatchObject({ status: 429, retryAfterMs: 40_000 });
    await clock.advance(39_999);
    expect(admitted(1)).toBe(0);
    await clock.advance(1);
    expect(admitted(1)).toBe(1);
  });

  test('counts what rejected calls cost, so that hammering keeps the door shut', async () => {
    const { clock, admitted } = limiterOf({ ...limit, rejectionCost: 0.5 });
    admitted(4);
    await clock.advance('30s');
    expect(admitted(2)).toBe(0);
    await clock.advance('30s');
    expect(admitted(9)).toBe(3);
  });
});

test('a fixed window starts afresh at every multiple of the window', async () => {
  const { clock, limiter, admitted } = limiterOf({
    model: 'fixed-window',
    calls: 3,
    window: '1m',
  });
  await clock.advance('59s');
  expect(admitted(9)).toBe(3);
  expect(limiter.admit('a')?.retryAfterMs).toBe(1000);
  await clock.advance('1s');
  expect(admitted(9)).toBe(3);
});

test('a token bucket lets a burst in and then goes on at its rate', async () => {
  const { clock, limiter, admitted } = limiterOf({
    model: 'token-bucket',
    calls: 2,
    window: '1s',
    burst: 10,
  });
  expect(admitted(99)).toBe(10);
  expect(limiter.admit('a')?.retryAfterMs).toBeCloseTo(500);
  await clock.advance('3s');
  expect(admitted(99)).toBe(6);
  await clock.advance('1h');
  expect(admitted(99)).toBe(10);
});

test('a token bucket takes from the bucket what a rejected call costs', async () => {
  const limit = { model: 'token-bucket', calls: 1, window: '1s', rejectionCost: 1 } as const;
  const { clock, limiter } = limiterOf(limit);
  expect(limiter.admit('a')).toBeUndefined();
  limiter.admit('a');
  await clock.advance('1s');
  expect(limiter.admit('a')).toBeDefined();
});

test('Retry-After can be drawn around a mean, the same for the same seed', () => {
  const draw = () => {
    const { limiter } = limiterOf({
      model: 'sliding-window',
      calls: 1,
      window: '1m',
      retryAfter: { mean: '15s', spread: 0.3 },
    });
    limiter.admit('a');
    return Array.from({ length: 200 }, () => limiter.admit('a')?.retryAfterMs ?? 0);
  };
  const waits = draw();
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(10_500);
  expect(Math.max(...waits)).toBeLessThanOrEqual(19_500);
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(8000);
  expect(draw()).toEqual(waits);
});

test('a limit that cannot be is refused', () => {
  const limit = { model: 'sliding-window', calls: 1, window: '1m' } as const;
  expect(() => limiterOf({ ...limit, calls: 0 })).toThrow('limit.calls must be 1 or more, not 0');
  expect(() => limiterOf({ ...limit, window: 0 })).toThrow('limit.window must be longer than 0');
});

describe('over HTTP', () => {
  const mailLimit = documented.mail.limit;
  const mail = { message: { toRecipients: [{ emailAddress: { address: 'a@example.com' } }] } };

  test('the 31st mail of a minute is rejected with 429 and whole seconds to wait', async () => {
    const clock = virtualClock();
    const office = await quietOffice({ clock, mail: { limit: mailLimit } });
    const url = `${office.url}/graph/v1.0/me/sendMail`;
    const statuses = async (count: number) =>
      Promise.all(
        Array.from({ length: count }, async () => (await send(url, 'POST', mail)).status),
      );
    expect(new Set(await statuses(30))).toEqual(new Set([202]));
    await clock.advance('15.5s');
    const rejected = await send(url, 'POST', mail);
    expect(rejected.status).toBe(429);
    expect(rejected.headers.get('retry-after')).toBe('45');
    expect(rejected.headers.get('x-ms-retry-after-ms')).toBeNull();
    expect((await jsonOf<ErrorReply>(rejected)).error.code).toBe('TooManyRequests');
    await clock.advance('44.5s');
    expect(await statuses(1)).toEqual([202]);
    expect(office.inspect.mails()).toHaveLength(31);
    expect(office.stats().mail).toMatchObject({
      calls: 32,
      throttled: 1,
      statuses: { 202: 31, 429: 1 },
    });
  });

  test('each connection has its own count, by x-connection-id or by bearer token', async () => {
    const limit = { model: 'sliding-window', calls: 1, window: '1m' } as const;
    const office = await quietOffice({ sharepoint: { limit } });
    office.createList('Reports', ['Title']);
    const as = async (headers: Record<string, string>) =>
      (await fetch(itemsOf(office), { headers })).status;
    const ada = { 'x-connection-id': 'ada' };
    const grace = { Authorization: 'Bearer grace' };
    expect([await as(ada), await as(ada), await as(grace), await as(grace), await as({})]).toEqual([
      200, 429, 200, 429, 200,
    ]);
  });

  test('SharePoint can say 503 for some of its rejections', async () => {
    const limit = { model: 'sliding-window', calls: 1, window: '1m', unavailable: 0.5 } as const;
    const office = await quietOffice({ sharepoint: { limit } });
    office.createList('Reports', ['Title']);
    const statuses = new Set<number>();
    for (let call = 0; call < 20; call++) {
      const response = await fetch(itemsOf(office));
      statuses.add(response.status);
      if (response.status === 503) expect(response.headers.get('retry-after')).not.toBeNull();
    }
    expect(statuses).toEqual(new Set([200, 429, 503]));
  });

  test('a limit can be changed while the office runs', async () => {
    const office = await quietOffice();
    office.createList('Reports', ['Title']);
    office.setLimit('sharepoint', { model: 'sliding-window', calls: 1, window: '1m' });
    const statuses = [await fetch(itemsOf(office)), await fetch(itemsOf(office))];
    office.setLimit('sharepoint', 'off');
    statuses.push(await fetch(itemsOf(office)));
    expect(statuses.map(({ status }) => status)).toEqual([200, 429, 200]);
  });

  test('a rejected write has written nothing', async () => {
    const limit = { model: 'sliding-window', calls: 1, window: '1m' } as const;
    const office = await quietOffice({ sharepoint: { limit } });
    office.createList('Reports', ['Title']);
    await send(itemsOf(office), 'POST', { Title: 'first' });
    expect((await send(itemsOf(office), 'POST', { Title: 'second' })).status).toBe(429);
    expect(office.inspect.items('Reports')).toHaveLength(1);
  });
});
