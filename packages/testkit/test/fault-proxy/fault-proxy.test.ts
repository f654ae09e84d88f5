/** The proxy lets everything through as it is, until it is told to do harm. */
import type { Socket } from 'node:net';
import { virtualClock } from '@runafter/clock';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type FaultProxy, type FaultProxyOptions, faultProxy } from '../../src/index.ts';
import { type PlainClient, plainClient, plainService } from './plain-service.ts';

describe('a proxy that is told nothing', () => {
  it('passes on requests, replies and the end of a side, and counts them', async () => {
    const service = await plainService();
    const proxy = await open({ port: service.port });
    const client = await plainClient(proxy.port);
    client.send('a\nb\n');
    await seen(client, 'did a\ndid b\n');
    client.end();
    await vi.waitFor(() => expect(client.ending).toBe('end'));
    await vi.waitFor(() => expect(proxy.counts.open).toBe(0));
    expect(service.endings).toEqual(['end']);
    expect(proxy.counts).toEqual({
      connections: 1,
      open: 0,
      refused: 0,
      cut: 0,
      lostReplies: 0,
      bytesToServer: 4,
      bytesToClient: 12,
    });
  });

  it('passes on more than it would hold, in order', async () => {
    const service = await plainService();
    const proxy = await open({ port: service.port });
    const client = await plainClient(proxy.port);
    const line = 'x'.repeat(5_000_000);
    client.send(`${line}\nb\n`);
    await vi.waitFor(() => expect(client.received.length).toBe(line.length + 11), 10_000);
    expect(client.received.endsWith('x\ndid b\n')).toBe(true);
  });

  it('waits for a client that is slow to read, and loses nothing', async () => {
    const chunk = Buffer.alloc(100_000);
    const size = 300 * chunk.length;
    let atService: Socket | undefined;
    const service = await plainService((_, socket) => {
      for (let n = 0; n < 300; n++) socket.write(chunk);
      atService = socket.end();
    });
    const proxy = await open({ port: service.port });
    const client = await plainClient(proxy.port, { isSlow: true });
    client.send('a\n');
    let waiting: unknown;
    const nothingMoves = () => {
      const before = waiting;
      waiting = [proxy.counts.bytesToClient, atService?.writableLength];
      expect(proxy.counts.bytesToClient).toBeGreaterThan(0);
      expect(waiting).toEqual(before);
    };
    await vi.waitFor(nothingMoves, { interval: 200, timeout: 10_000 });
    expect(proxy.counts.bytesToClient).toBeLessThan(size);
    expect(atService?.writableLength, 'the service waits as well').toBeGreaterThan(0);
    client.read();
    await vi.waitFor(() => expect(client.received.length).toBe(size), 10_000);
    await vi.waitFor(() => expect(client.ending).toBe('end'));
  });

  it('passes on that the service reset a connection, and that there is none', async () => {
    const service = await plainService((_, socket) => void socket.resetAndDestroy());
    const proxy = await open({ port: service.port });
    const client = await plainClient(proxy.port);
    client.send('a\n');
    await vi.waitFor(() => expect(client.ending).toBe('ECONNRESET'));

    const unused = await open({ port: 1 });
    const lonely = await plainClient(unused.port);
    await vi.waitFor(() => expect(lonely.ending).toBe('ECONNRESET'));
    await vi.waitFor(() => expect(unused.counts.open).toBe(0));
  });
});

describe('a proxy that delays', () => {
  it('holds chunks back for that long in one direction, and keeps their order', async () => {
    const clock = virtualClock();
    const service = await plainService();
    const proxy = await open({ port: service.port, clock });
    const client = await plainClient(proxy.port);
    proxy.delay('10s', { direction: 'toServer' });
    client.send('a\n');
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    await clock.advance('9s');
    expect(service.did).toEqual([]);
    proxy.delay(0);
    client.send('b\n');
    await roundTrip(service.port);
    expect(service.did, 'what comes later overtakes nothing').toEqual(['elsewhere']);
    await clock.advance('1s');
    await seen(client, 'did a\ndid b\n');
  });

  it('holds replies back as well unless told otherwise', async () => {
    const clock = virtualClock();
    const service = await plainService();
    const proxy = await open({ port: service.port, clock });
    const client = await plainClient(proxy.port);
    proxy.delay('1s');
    client.send('a\n');
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    await clock.advance('1s');
    await vi.waitFor(() => expect(service.did).toEqual(['a']));
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    expect(client.received).toBe('');
    await clock.advance('1s');
    await seen(client, 'did a\n');
  });

  it('delivers at once what is late when it is healed', async () => {
    const clock = virtualClock();
    const service = await plainService();
    const proxy = await open({ port: service.port, clock });
    const client = await plainClient(proxy.port);
    proxy.delay('1h');
    client.send('a\n');
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    proxy.heal();
    await seen(client, 'did a\n');
    expect(clock.pending).toBe(0);
  });

  it('refuses what is no duration', async () => {
    const proxy = await open({ port: 1 });
    expect(() => proxy.delay(-1)).toThrow(expect.objectContaining({ code: 'DURATION_INVALID' }));
  });
});

describe('a proxy that cuts', () => {
  it('resets both sides of every open connection, and lets new ones through', async () => {
    const service = await plainService();
    const proxy = await open({ port: service.port });
    const clients = [await plainClient(proxy.port), await plainClient(proxy.port)];
    for (const client of clients) client.send('a\n');
    for (const client of clients) await seen(client, 'did a\n');

    expect(proxy.cut()).toBe(2);
    for (const client of clients) {
      await vi.waitFor(() => expect(client.ending).toBe('ECONNRESET'));
    }
    await vi.waitFor(() => expect(service.endings).toEqual(['reset', 'reset']));
    const again = await plainClient(proxy.port);
    again.send('b\n');
    await seen(again, 'did b\n');
    expect(proxy.counts).toMatchObject({ connections: 3, cut: 2, open: 1 });
  });
});

describe('a proxy that refuses', () => {
  it('turns new connections away until it is healed, and leaves open ones alone', async () => {
    const service = await plainService();
    const proxy = await open({ port: service.port });
    const early = await plainClient(proxy.port);
    early.send('a\n');
    await seen(early, 'did a\n');

    proxy.refuse();
    await expect(refusal(proxy.port)).resolves.toBe('ECONNRESET');
    early.send('b\n');
    await seen(early, 'did a\ndid b\n');
    proxy.heal();
    const late = await plainClient(proxy.port);
    late.send('c\n');
    await seen(late, 'did c\n');
    expect(proxy.counts).toMatchObject({ connections: 2, refused: 1 });
  });
});

describe('a black hole', () => {
  it('to the server swallows requests, and gives them back when it is healed', async () => {
    const service = await plainService();
    const proxy = await open({ port: service.port });
    const client = await plainClient(proxy.port);
    proxy.blackHole('toServer');
    client.send('a\n');
    client.end();
    await roundTrip(service.port);
    expect(service).toMatchObject({ did: ['elsewhere'], endings: [] });
    proxy.heal();
    await seen(client, 'did a\n');
    await vi.waitFor(() => expect(service.endings).toEqual(['end']));
  });

  it('swallows the end of a side, too', async () => {
    const service = await plainService();
    const proxy = await open({ port: service.port });
    const client = await plainClient(proxy.port);
    client.send('a\n');
    await seen(client, 'did a\n');
    proxy.blackHole('toServer');
    client.end();
    await roundTrip(service.port);
    expect(service.endings).toEqual([]);
    proxy.heal();
    await vi.waitFor(() => expect(service.endings).toEqual(['end']));
  });

  it('to the client lets requests through and keeps their replies', async () => {
    const service = await plainService();
    const proxy = await open({ port: service.port });
    const client = await plainClient(proxy.port);
    proxy.blackHole('toClient');
    client.send('a\n');
    await vi.waitFor(() => expect(service.did).toEqual(['a']));
    await roundTrip(service.port);
    expect(client.received).toBe('');
    expect(client.ending).toBeUndefined();
    proxy.heal();
    await seen(client, 'did a\n');
  });
});

describe('a reply that is lost', () => {
  it('is one to a request that was carried out, and the client is cut off', async () => {
    const service = await plainService();
    const proxy = await open({ port: service.port });
    const client = await plainClient(proxy.port);
    const bystander = await plainClient(proxy.port);
    const lost = proxy.loseNextReply((request) => request.includes('b'));
    client.send('a\n');
    await seen(client, 'did a\n');
    client.send('b\n');
    await vi.waitFor(() => expect(client.ending).toBe('ECONNRESET'));

    expect(await lost).toEqual({ request: Buffer.from('b\n'), replyBytes: 6 });
    expect(service.did).toEqual(['a', 'b']);
    expect(client.received).toBe('did a\n');
    expect(proxy.counts).toMatchObject({ lostReplies: 1, bytesToClient: 6 });
    bystander.send('b\n');
    await seen(bystander, 'did b\n');
  });

  it('is found in a request that comes in parts', async () => {
    const service = await plainService();
    const proxy = await open({ port: service.port });
    const client = await plainClient(proxy.port);
    const lost = proxy.loseNextReply((request) => request.includes('order-17\n'));
    client.send('order');
    await vi.waitFor(() => expect(proxy.counts.bytesToServer).toBe(5));
    client.send('-17\n');
    expect(await lost).toEqual({ request: Buffer.from('order-17\n'), replyBytes: 13 });
    expect(service.did).toEqual(['order-17']);
  });

  it('is waited for to its end, also when it comes in parts', async () => {
    const clock = virtualClock();
    const service = await plainService((reply, socket) => {
      for (const letter of reply) socket.write(letter);
    });
    const proxy = await open({ port: service.port, clock, quiet: '20ms' });
    const client = await plainClient(proxy.port);
    const lost = proxy.loseNextReply();
    client.send('a\n');
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    await roundTrip(service.port);
    expect(client.ending).toBeUndefined();
    await clock.advance('20ms');
    expect(await lost).toMatchObject({ replyBytes: 6 });
  });

  it('takes the whole pipeline with it, all of which was carried out', async () => {
    const service = await plainService();
    const proxy = await open({ port: service.port });
    const client = await plainClient(proxy.port);
    const lost = proxy.loseNextReply((request) => request.includes('b'));
    client.send('a\nb\nc\n');
    expect(await lost).toMatchObject({ replyBytes: 18 });
    expect(service.did).toEqual(['a', 'b', 'c']);
    expect(client.received).toBe('');
  });

  it('may be the end of the connection: the client sees a reset, and no end', async () => {
    const service = await plainService((reply, socket) => void socket.end(reply));
    const proxy = await open({ port: service.port });
    const client = await plainClient(proxy.port);
    const lost = proxy.loseNextReply();
    client.send('a\n');
    expect(await lost).toMatchObject({ replyBytes: 6 });
    await vi.waitFor(() => expect(client.ending).toBe('ECONNRESET'));
  });

  it('does not reset the service, which may not have read everything yet', async () => {
    const service = await plainService((reply, socket) => {
      // It keeps its own side open, so a reset after the end would still reach it.
      socket.allowHalfOpen = true;
      socket.write(reply);
    });
    const proxy = await open({ port: service.port });
    const client = await plainClient(proxy.port);
    const lost = proxy.loseNextReply();
    client.send('a\n');
    await lost;
    await vi.waitFor(() => expect(service.endings).not.toEqual([]));
    await roundTrip(service.port);
    expect(service.endings).toEqual(['end']);
  });

  it.each([
    { what: 'as many as wished', which: 2, lostReplies: 2 },
    {
      what: 'every one of which the predicate says so',
      which: (request: Buffer) => request.includes('a'),
      lostReplies: 3,
    },
  ])('is one of several: $what', async ({ which, lostReplies }) => {
    const service = await plainService();
    const proxy = await open({ port: service.port });
    proxy.loseReplies(which);
    for (let n = 0; n < 3; n++) {
      const client = await plainClient(proxy.port);
      client.send('a\n');
      await vi.waitFor(() => expect(client.ending ?? client.received).not.toBe(''));
    }
    expect(service.did).toEqual(['a', 'a', 'a']);
    expect(proxy.counts.lostReplies).toBe(lostReplies);
  });

  it('is not lost any more after healing, and who waits for it is told', async () => {
    const service = await plainService();
    const proxy = await open({ port: service.port });
    const lost = proxy.loseNextReply();
    proxy.loseReplies(() => true);
    proxy.heal();
    expect(await lost).toBeUndefined();
    const client = await plainClient(proxy.port);
    client.send('a\n');
    await seen(client, 'did a\n');
  });

  it('is not lost any more when healing comes before it', async () => {
    let giveReply = () => {};
    const service = await plainService((reply, socket) => {
      giveReply = () => socket.write(reply);
    });
    const proxy = await open({ port: service.port });
    const client = await plainClient(proxy.port);
    const lost = proxy.loseNextReply();
    client.send('a\n');
    await vi.waitFor(() => expect(service.did).toEqual(['a']));
    proxy.heal();
    expect(await lost).toBeUndefined();
    giveReply();
    await seen(client, 'did a\n');
    expect(proxy.counts.lostReplies).toBe(0);
  });

  it.each([0, -1, 1.5, Number.NaN])('cannot be one of %s', async (count) => {
    const proxy = await open({ port: 1 });
    expect(() => proxy.loseReplies(count)).toThrow(
      expect.objectContaining({ code: 'FAULT_PROXY_INVALID' }),
    );
  });
});

describe('closing', () => {
  it('resets what is open, tells who waits, and leaves no timer and no port', async () => {
    const clock = virtualClock();
    const service = await plainService();
    const proxy = await open({ port: service.port, clock });
    const client = await plainClient(proxy.port);
    const lost = proxy.loseNextReply((request) => request.includes('never'));
    proxy.delay('1h');
    client.send('a\n');
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    await proxy.close();
    expect(await lost).toBeUndefined();
    expect(clock.pending).toBe(0);
    expect(proxy.counts.open).toBe(0);
    await vi.waitFor(() => expect(client.ending).toBe('ECONNRESET'));
    await expect(refusal(proxy.port)).resolves.toBe('ECONNREFUSED');
    await proxy.close();
  });
});

async function open(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = await faultProxy(options);
  onTestFinished(() => proxy.close());
  return proxy;
}

async function seen(client: PlainClient, text: string): Promise<void> {
  await vi.waitFor(() => expect(client.received).toBe(text));
}

/** A whole round trip beside the proxy: whatever was on its way through the proxy has arrived by then. */
async function roundTrip(port: number): Promise<void> {
  const client = await plainClient(port);
  client.send('elsewhere\n');
  await seen(client, 'did elsewhere\n');
}

/** The code with which a connection fails. */
async function refusal(port: number): Promise<string | undefined> {
  try {
    const client = await plainClient(port);
    return await vi.waitFor(() => client.ending ?? Promise.reject(new Error('is open')));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
