import { EventEmitter } from 'node:events';
import type { Pool } from 'pg';
import { expect, it } from 'vitest';
import { Connection } from '../src/connection.ts';

/** A pool of one session, which tells what is done with it. */
class OneSession extends EventEmitter {
  readonly uses: string[] = [];

  async connect() {
    return this;
  }

  async query() {
    this.uses.push('query');
    return { rows: [] };
  }

  release() {
    this.uses.push('release');
  }
}

// Only turns of the microtask queue lie between the coming of a session and the sending of a statement.
it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
  'a statement that is given up %i turns after its call is sent before that, or not at all',
  async (turns) => {
    const session = new OneSession();
    const connection = new Connection('PostgreSQL', session as unknown as Pool);
    const givingUp = new AbortController();
    const running = connection.run('SELECT 1', [], { cutOff: givingUp.signal });
    const ended = Promise.allSettled([running]);
    for (let turn = 0; turn < turns; turn++) await undefined;
    const wasSent = session.uses.includes('query');
    givingUp.abort();
    const [{ status }] = await ended;
    expect(session.uses.includes('query')).toBe(wasSent);
    if (status === 'rejected') await expect(running).rejects.toMatchObject({ outcome: 'not-done' });
    else expect(wasSent).toBe(true);
    await expect.poll(() => session.uses.filter((use) => use === 'release')).toHaveLength(1);
  },
);
