/**
 * Listening to a channel of PostgreSQL, for as long as one session lasts.
 *
 * Invariant: it hears only once a notification that was sent on another session has come back. A LISTEN that
 * succeeds proves nothing: behind a pooler in transaction mode, the session that listens is already somebody
 * else's. Read next: release-listener.ts, which listens again.
 * @see https://www.pgbouncer.org/features.html
 * @module
 */
import { randomUUID } from 'node:crypto';
import { type Clock, untilAborted } from '@runafter/clock';
import type { Connection } from './connection.ts';
import { untilEnded } from './until-ended.ts';

/** To what, for how long, and who is told. */
export interface Listening {
  readonly connection: Connection;
  readonly clock: Clock;
  /** An identifier that needs no quotes. */
  readonly channel: string;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly onHears: () => void;
  readonly onNotification: (payload: string) => void;
}

/** How long it may take until it hears, in milliseconds. */
const longestStart = 10_000;

/** How long each step of its end may take, in milliseconds; then its socket is closed. */
const longestEnd = 1_000;

/** Ends, in one way or the other, with its session: when that was lost, or hears nothing, or by the signal. */
export async function listen(listening: Listening): Promise<void> {
  const { connection, clock, channel, onHears, onNotification } = listening;
  const session = await connection.sessions.beside();
  const over = new AbortController();
  const end = () => over.abort();
  session.on('error', end).on('end', end);
  const signal = AbortSignal.any([listening.signal, over.signal]);
  const cancelTimer = clock.setTimer(longestStart, end, { ref: false });
  const test = randomUUID();
  let isConnected = false;
  let hears = false;
  session.on('notification', ({ payload = '' }) => {
    if (signal.aborted) return;
    if (payload !== test) return onNotification(payload);
    hears = true;
    cancelTimer();
    onHears();
  });
  const start = async () => {
    const connected = session.connect();
    // What was said of it before only holds once it is connected, which may take long.
    session.unref();
    await connected;
    isConnected = true;
    await session.query(`LISTEN ${channel}`);
    await connection.run('SELECT pg_notify($1, $2)', [channel, test], { cutOff: signal });
  };
  try {
    await untilAborted(signal, start());
    await aborted(signal);
  } finally {
    cancelTimer();
    // Behind a pooler, what listens now is a session that others use: the best that can be done about it.
    if (isConnected && !hears) {
      await untilEnded(session.query('UNLISTEN *'), longestEnd, clock);
    }
    if (isConnected) await untilEnded(session.end(), longestEnd, clock);
    session.connection.stream.destroy();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
