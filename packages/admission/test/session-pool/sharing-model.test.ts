/**
 * Random programs of several processes on one store, with and without a line, of which some die: no user and no
 * session is with two jobs, everybody ends, and nothing is left.
 */
import { memoryPools } from '@runafter/claim';
import { seededRandom, virtualClock } from '@runafter/clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JobSession, type SessionPool, sessionPool } from '../../src/index.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { newWire, type Wire, wired } from './wire.ts';

expectNothingEscapes();

const runs = 60;

const job = fc.record({
  process: fc.nat(2),
  user: fc.constantFrom('ann', 'bob', 'cid', 'dan'),
  after: fc.constantFrom(0, 0, 10, 500, 3_000),
  works: fc.constantFrom(0, 20, 800, 5_000),
  abortAfter: fc.option(fc.constantFrom(0, 5, 400, 2_000), { nil: undefined, freq: 2 }),
});

const event = fc.record({
  after: fc.constantFrom(0, 15, 700, 4_000),
  what: fc.constantFrom('drain', 'resume', 'lost', 'die', 'lease lost'),
  machine: fc.constantFrom('VM-1', 'VM-2'),
  process: fc.nat(2),
});

const plan = fc.record({
  seed: fc.integer(),
  hasLine: fc.boolean(),
  jobs: fc.array(job, { minLength: 5, maxLength: 20, size: 'max' }),
  events: fc.array(event, { maxLength: 5, size: 'max' }),
});

type Plan = typeof plan extends fc.Arbitrary<infer P> ? P : never;

interface Process {
  readonly pool: SessionPool;
  readonly wire: Wire;
}

const machines = [
  { name: 'VM-1', sessions: 2 },
  { name: 'VM-2', sessions: 1 },
];

/** Who is on what by their own belief: a signal that has not aborted. */
class Floor {
  readonly wrongs: string[] = [];
  readonly #there = new Set<JobSession>();
  readonly #tokens = new Map<string, bigint>();

  enter(session: JobSession): void {
    const name = `${session.machine}/${session.session}`;
    for (const other of this.#there) {
      if (other.signal.aborted) continue;
      if (other.user === session.user) this.wrongs.push(`${session.user} runs twice`);
      if (`${other.machine}/${other.session}` === name) this.wrongs.push(`two are on ${name}`);
    }
    if (session.token <= (this.#tokens.get(name) ?? 0n))
      this.wrongs.push(`an old token of ${name}`);
    this.#tokens.set(name, session.token);
    this.#there.add(session);
  }

  leave(session: JobSession): void {
    this.#there.delete(session);
  }
}

async function play({
  seed,
  hasLine,
  jobs,
  events,
}: Plan): Promise<{ again: number; dead: number }> {
  const clock = virtualClock({ autoAdvance: true });
  const store = memoryPools({ clock });
  const floor = new Floor();
  let again = 0;
  const processes = [0, 1, 2].map((index): Process => {
    const wire = newWire();
    const random = seededRandom(`${seed} ${index}`);
    const options = { machines, clock, random, ttl: '6s', poll: '500ms' } as const;
    return { pool: sessionPool({ ...options, store: wired(store, wire, clock, hasLine) }), wire };
  });
  const work = async (session: JobSession, works: number): Promise<void> => {
    floor.enter(session);
    if (session.attempt > 1) again++;
    try {
      await clock.sleep(works, { signal: session.signal });
    } finally {
      floor.leave(session);
    }
  };
  const submitted = jobs.map(async ({ process, user, after, works, abortAfter }) => {
    await clock.sleep(after);
    const abort = new AbortController();
    const cancel =
      abortAfter === undefined ? () => {} : clock.setTimer(abortAfter, () => abort.abort('enough'));
    const { pool, wire } = processes[process] as Process;
    try {
      await pool.run({ user, signal: abort.signal }, (session) => work(session, works));
    } catch (error) {
      const isDead = (error as { code?: string }).code === 'SERVICE_CLOSED';
      if (error !== 'enough' && !(isDead && wire.state === 'silent')) floor.wrongs.push(`${error}`);
    } finally {
      cancel();
    }
  });
  const happened = events.map(async ({ after, what, machine, process }) => {
    await clock.sleep(after);
    const { pool, wire } = processes[process] as Process;
    if (wire.state === 'silent') return;
    if (what === 'die' && process === 2) wire.state = 'silent';
    if (what === 'drain' || what === 'resume' || what === 'lost') await pool[what](machine);
    if (what === 'lease lost') {
      wire.loses = true;
      await clock.sleep('2s');
      wire.loses = false;
    }
  });
  await Promise.all(happened);
  const living = processes.filter(({ wire }) => wire.state === 'whole');
  for (const { name } of machines) await living[0]?.pool.resume(name);
  // Who has died stays silent, and is told at last that it is closed.
  await clock.sleep('2m');
  await Promise.all(processes.map(({ pool }) => pool.close()));
  await Promise.all(submitted);
  expect(floor.wrongs).toEqual([]);
  for (const pool of [
    'sessions',
    ...['ann', 'bob', 'cid', 'dan'].map((user) => `sessions:user:${user}`),
  ]) {
    const held = (await store.inspect(pool, {})).filter(({ claim }) => claim !== undefined);
    expect(held, pool).toEqual([]);
  }
  expect(clock.pending, 'timers are left').toBe(0);
  return { again, dead: processes.length - living.length };
}

describe('several processes', () => {
  it('have no user and no session twice, and all jobs end, whatever happens', async () => {
    const seen = { again: 0, dead: 0 };
    const property = fc.asyncProperty(plan, async (program) => {
      const { again, dead } = await play(program);
      seen.again += again;
      seen.dead += dead;
    });
    await fc.assert(property, { numRuns: runs });
    expect(seen.again).toBeGreaterThan(0);
    expect(seen.dead).toBeGreaterThan(0);
  });
});
