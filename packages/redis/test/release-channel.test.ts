/** How a channel of releases begins to listen, and ends. */
import { Socket } from 'node:net';
import { type Clock, virtualClock } from '@runafter/clock';
import { Redis } from 'ioredis';
import { expect, it, vi } from 'vitest';
import type { RedisConnection } from '../src/redis-connection.ts';
import { ReleaseChannel } from '../src/release-channel.ts';

const request = { name: 'a', owner: 'one' };

it('listens for who begins to watch at the very moment at which it stops', async () => {
  for (let steps = 0; steps < 10; steps++) {
    const clock = virtualClock();
    let attempts = 0;
    let onPauseOver = async () => {};
    const setTimer: Clock['setTimer'] = (ms, callback, options) => {
      const fire = () => {
        callback();
        void onPauseOver();
      };
      return clock.setTimer(ms, fire, options);
    };
    const duplicate = async () => {
      attempts++;
      throw new Error('not now');
    };
    const connection = { duplicate } as unknown as RedisConnection;
    const channel = new ReleaseChannel(connection, 'p:', { setTimer } as Clock);
    const first = channel.watch(request, () => {});
    await clock.advance(0);
    first.stop();
    // Within as many steps of promises it finds that nobody watches.
    onPauseOver = async () => {
      onPauseOver = async () => {};
      for (let n = 0; n < steps; n++) await undefined;
      channel.watch(request, () => {});
    };
    await clock.advance('10s');
    expect(attempts, `after ${steps} steps`).toBeGreaterThan(2);
    channel.close();
  }
});

it('opens no connection for which it was closed too early', async () => {
  const clock = virtualClock();
  const client = new Redis({ lazyConnect: true });
  const connect = vi.spyOn(client, 'connect').mockResolvedValue();
  const duplicate = async () => client;
  const connection = { duplicate } as unknown as RedisConnection;
  const channel = new ReleaseChannel(connection, 'p:', clock);
  channel.watch(request, () => {});
  // The client comes in a later step.
  channel.close();
  await clock.advance('10m');
  expect(connect).not.toHaveBeenCalled();
  expect(client.status).toBe('end');
  expect(clock.pending).toBe(0);
});

it('hears while its connection lasts, and wakes who watches whenever it hears anew', async () => {
  const clock = virtualClock();
  const clients: Redis[] = [];
  const duplicate = async () => {
    const client = new Redis({ lazyConnect: true });
    client.stream = new Socket();
    vi.spyOn(client, 'connect').mockResolvedValue();
    vi.spyOn(client, 'subscribe').mockResolvedValue(1);
    clients.push(client);
    return client;
  };
  const channel = new ReleaseChannel({ duplicate } as unknown as RedisConnection, 'p:', clock);
  const wake = vi.fn();
  const watch = channel.watch(request, wake);
  expect(watch.hears).toBe(false);
  await clock.advance(0);
  expect([watch.hears, wake.mock.calls.length]).toEqual([true, 1]);
  clients[0]?.emit('end');
  await clock.advance(0);
  expect([watch.hears, wake.mock.calls.length]).toEqual([false, 1]);
  await clock.advance('1s');
  expect([watch.hears, wake.mock.calls.length]).toEqual([true, 2]);
  clients[1]?.emit('message', channel.name, 'somebody else');
  clients[1]?.emit('message', channel.name, request.owner);
  expect(wake).toHaveBeenCalledTimes(3);
  channel.close();
  await clock.advance('1m');
  expect(clients).toHaveLength(2);
});

it('wakes all who watch for one owner, until each of them stops', async () => {
  const clock = virtualClock();
  const client = new Redis({ lazyConnect: true });
  client.stream = new Socket();
  vi.spyOn(client, 'connect').mockResolvedValue();
  vi.spyOn(client, 'subscribe').mockResolvedValue(1);
  const connection = { duplicate: async () => client } as unknown as RedisConnection;
  const channel = new ReleaseChannel(connection, 'p:', clock);
  const [one, other] = [vi.fn(), vi.fn()];
  const watches = [channel.watch(request, one), channel.watch(request, other)];
  await clock.advance(0);
  const calls = () => [one.mock.calls.length, other.mock.calls.length];
  client.emit('message', channel.name, request.owner);
  expect(calls()).toEqual([2, 2]);
  watches[0]?.stop();
  client.emit('message', channel.name, request.owner);
  expect(calls()).toEqual([2, 3]);
  watches[1]?.stop();
  client.emit('message', channel.name, request.owner);
  expect(calls()).toEqual([2, 3]);
  channel.close();
});
