import { once } from 'node:events';
import { Socket } from 'node:net';
import { systemClock } from '@runafter/clock';
import { Client, type Pool } from 'pg';
import { expect, it } from 'vitest';
import { Connection } from '../src/connection.ts';
import { listen } from '../src/listen.ts';

/** To a server that does not answer at all. */
class Unconnected extends Socket {
  keepsAlive = true;

  override connect(): this {
    this.keepsAlive = true;
    this.emit('connecting');
    return this;
  }

  override unref(): this {
    this.keepsAlive = false;
    return this;
  }
}

it('a session that has not connected yet keeps no process alive, and ends at once', async () => {
  const socket = new Unconnected();
  const pool = { options: { stream: () => socket }, Client, connect() {} } as unknown as Pool;
  const stop = new AbortController();
  const connecting = once(socket, 'connecting');
  const listening = listen({
    connection: new Connection('PostgreSQL locks', pool),
    clock: systemClock,
    channel: 'locks',
    signal: stop.signal,
    onHears: () => expect.unreachable(),
    onNotification: () => expect.unreachable(),
  });
  await connecting;
  await Promise.resolve();
  expect(socket.keepsAlive).toBe(false);
  stop.abort();
  await expect(listening).rejects.toBe(stop.signal.reason);
  expect(socket.destroyed).toBe(true);
});
