/** Sessions that several processes share, on real servers: who has what, what a killed one leaves, and who is next. */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type JobSession, type SessionPool, sessionPool } from '@runafter/admission';
import { systemClock } from '@runafter/clock';
import { migrate } from '@runafter/postgres';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openPools, type PoolAddress } from '../claim/open-pools.ts';
import { onService } from '../services/on-service.ts';
import type { SessionProgram } from './session-program.ts';

const machines = [
  { name: 'VM-1', sessions: 2 },
  { name: 'VM-2', sessions: 2 },
];
/** In milliseconds: for so long a process that was killed is in the way. */
const ttl = 2_000;

const program = fileURLToPath(new URL('./session-program.ts', import.meta.url));

/** Resolves when its jobs run. */
async function startProcess(task: SessionProgram): Promise<{ kill(): Promise<void> }> {
  const child = fork(program, [JSON.stringify(task)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'close');
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  for (const _ of task.users) await once(child, 'message');
  return { kill };
}

/** Who works where, and that nobody is in another's way. */
class Floor {
  readonly wrongs: string[] = [];
  /** Resolves when somebody is on each session. */
  readonly full: Promise<void>;
  #onFull = () => {};
  readonly #there = new Map<string, string>();
  readonly #tokens = new Map<string, bigint>();

  constructor(sessions: number) {
    this.full = new Promise((resolve) => {
      this.#onFull = () => this.#there.size === sessions && resolve();
    });
  }

  async work({ machine, session, user, token, signal }: JobSession, ms: number): Promise<void> {
    const place = `${machine}/${session}`;
    if (this.#there.has(place)) this.wrongs.push(`two are on ${place}`);
    if ([...this.#there.values()].includes(user)) this.wrongs.push(`${user} runs twice`);
    if (token <= (this.#tokens.get(place) ?? 0n)) this.wrongs.push(`an old token of ${place}`);
    this.#tokens.set(place, token);
    this.#there.set(place, user);
    this.#onFull();
    await this.full;
    await systemClock.sleep(ms, { signal }).finally(() => this.#there.delete(place));
  }
}

function sharing(address: PoolAddress): void {
  describe(`on ${address.backend}`, () => {
    const open = async (name: string): Promise<SessionPool> => {
      const store = await openPools(address);
      const robots = sessionPool({ machines, name, store, poll: '100ms' });
      onTestFinished(async () => {
        await robots.close();
        await store.close();
      });
      return robots;
    };

    it('have no user and no session twice, keep the order of each user, and use all sessions', async () => {
      const name = `robots-${randomUUID()}`;
      const pools = [await open(name), await open(name), await open(name)];
      const floor = new Floor(4);
      const begun = new Map<string, number[]>();
      const users = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay'];
      const jobs = pools.flatMap((robots, process) =>
        users.flatMap((user) =>
          [0, 1, 2].map((index) =>
            robots.run({ user }, async (session) => {
              const line = `${process} ${user}`;
              begun.set(line, [...(begun.get(line) ?? []), index]);
              await floor.work(session, 5);
              return session.attempt;
            }),
          ),
        ),
      );
      expect(new Set(await Promise.all(jobs))).toEqual(new Set([1]));
      expect(floor.wrongs).toEqual([]);
      for (const [line, order] of begun) expect(order, line).toEqual([0, 1, 2]);
      const { machines: left } = await (pools[0] as SessionPool).inspect();
      expect(left.flatMap(({ sessions }) => sessions.map(({ holder }) => holder))).toEqual(
        Array(4).fill(undefined),
      );
    });

    it('come back from a process that was killed, and so do its users', async () => {
      const name = `robots-${randomUUID()}`;
      const robots = await open(name);
      // The sessions are added by the first who looks.
      await robots.inspect();
      const users = ['ann', 'bob', 'cid', 'dan'];
      const process = await startProcess({ address, pool: name, ttl, users });
      expect(await robots.tryAcquire({ user: 'eve' })).toBeUndefined();
      const eve = robots.run({ user: 'eve' }, ({ machine }) => machine);
      const ann = robots.run({ user: 'ann' }, ({ machine }) => machine);
      const waiting = async () =>
        (await robots.inspect()).queue.map(({ user, why }) => [user, why]);
      expect(await waiting()).toEqual([
        ['eve', 'no session free'],
        ['ann', 'no session free'],
      ]);
      await process.kill();
      expect(await eve).toMatch(/^VM-/);
      expect(await ann).toMatch(/^VM-/);
    });

    it('are drained and lost for all', async () => {
      const name = `robots-${randomUUID()}`;
      const [a, b] = [await open(name), await open(name)];
      await a.drain('VM-1');
      const begun: string[] = [];
      const job = b.run({ user: 'ann' }, async ({ machine, signal }) => {
        begun.push(machine);
        if (begun.length === 1) await b.lost(machine);
        signal.throwIfAborted();
        return machine;
      });
      const inspected = async () => (await a.inspect()).machines.map(({ state }) => state);
      await expect.poll(inspected).toEqual(['drained', 'drained']);
      await a.resume('VM-1');
      expect(await job).toBe('VM-1');
      expect(begun).toEqual(['VM-2', 'VM-1']);
      expect(await a.leave('VM-2')).toBe(true);
    });
  });
}

await onService('redis', (place) => sharing({ backend: 'redis', place }));
await onService('postgres', (place) => {
  beforeAll(() => migrate(place.url));
  sharing({ backend: 'postgres', place });
});
