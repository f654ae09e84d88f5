/**
 * Random programs next to a plain scheduler that anybody can read: after each step the same jobs run on the same
 * sessions, in the same order of beginnings.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { type Robot, Robots } from './robots.ts';

expectNothingEscapes();

const runs = 150;

const machines = ['VM-1', 'VM-2', 'VM-3'];

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      user: fc.constantFrom('ann', 'bob', 'cid', 'dan', 'eve', 'fay'),
      atMostOnce: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), which: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(30) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('drain' as const, 'resume' as const, 'resume' as const, 'lose' as const),
      machine: fc.constantFrom(...machines),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface ModelJob {
  readonly id: number;
  readonly user: string;
  readonly atMostOnce: boolean;
}

/** The whole scheduler: the queue is a list, and who is next is looked for from its beginning. */
class Model {
  /** In the order of their coming, also when they come back. */
  waiting: ModelJob[] = [];
  readonly sessions = machines.flatMap((machine) =>
    [1, 2].map((session) => ({ machine, session, job: undefined as ModelJob | undefined })),
  );
  readonly drained = new Set<string>();
  readonly log: string[] = [];

  get running(): ModelJob[] {
    return this.sessions.flatMap(({ job }) => job ?? []).sort((a, b) => a.id - b.id);
  }

  submit(job: ModelJob): void {
    this.waiting.push(job);
    this.#assign();
  }

  end(job: ModelJob): void {
    this.waiting = this.waiting.filter((other) => other !== job);
    for (const session of this.sessions) if (session.job === job) session.job = undefined;
    this.#assign();
  }

  drain(machine: string): void {
    this.drained.add(machine);
  }

  resume(machine: string): void {
    this.drained.delete(machine);
    this.#assign();
  }

  lose(machine: string): void {
    this.drain(machine);
    for (const session of this.sessions) {
      if (session.machine !== machine || session.job === undefined) continue;
      if (!session.job.atMostOnce) this.waiting.push(session.job);
      session.job = undefined;
    }
    this.#assign();
  }

  #assign(): void {
    this.waiting.sort((a, b) => a.id - b.id);
    for (;;) {
      const users = new Set(this.running.map(({ user }) => user));
      const next = this.waiting.find(({ user }) => !users.has(user));
      const free = this.sessions.find(
        ({ job, machine }) => job === undefined && !this.drained.has(machine),
      );
      if (next === undefined || free === undefined) return;
      this.waiting = this.waiting.filter((job) => job !== next);
      free.job = next;
      this.log.push(`${next.user} ${next.id} on ${free.machine}/${free.session}`);
    }
  }
}

interface Seen {
  began: number;
  blocked: number;
  again: number;
  lost: number;
}

async function follow(program: readonly Step[], seen: Seen): Promise<void> {
  const robots = new Robots({ machines: machines.map((name) => ({ name })) });
  const model = new Model();
  const jobs = new Map<number, Robot>();
  const act = (next: Step): void => {
    if (next.do === 'submit') {
      const id = jobs.size;
      const { user, atMostOnce } = next;
      jobs.set(id, robots.submit(`${user} ${id}`, { atMostOnce }));
      model.submit({ id, user, atMostOnce });
      return;
    }
    if ('machine' in next) {
      const { machine } = next;
      model[next.do](machine);
      void robots.pool[next.do === 'lose' ? 'lost' : next.do](machine);
      return;
    }
    const among = next.do === 'abort' ? [...model.waiting, ...model.running] : model.running;
    const job = among[next.which % among.length];
    if (job === undefined) return;
    const robot = jobs.get(job.id);
    if (next.do === 'end') robot?.end();
    if (next.do === 'fail') robot?.fail(new Error('it failed'));
    if (next.do === 'abort') robot?.abort('enough');
    model.end(job);
  };
  const compare = async (): Promise<void> => {
    await robots.rest();
    expect(robots.log).toEqual(model.log);
    const state = await robots.pool.inspect();
    const held = state.machines.flatMap(({ name, sessions }) =>
      sessions.map(({ session, holder }) => [name, session, holder?.user]),
    );
    expect(held).toEqual(
      model.sessions.map(({ machine, session, job }) => [machine, session, job?.user]),
    );
    expect(state.queue.map(({ user }) => user)).toEqual(model.waiting.map(({ user }) => user));
  };
  for (const next of program) {
    act(next);
    await compare();
    const users = new Set(model.running.map(({ user }) => user));
    if (model.waiting.some(({ user }) => users.has(user))) seen.blocked++;
  }
  seen.began += robots.log.length;
  seen.again += [...jobs.values()].filter(({ begun }) => begun.length > 1).length;
  for (const [id, { begun, settled }] of jobs) {
    const isOpen = [...model.waiting, ...model.running].some((job) => job.id === id);
    expect(settled === undefined).toBe(isOpen);
    expect(begun.map(({ attempt }) => attempt)).toEqual(begun.map((_, index) => index + 1));
    if ((settled?.error as { code?: string } | undefined)?.code === 'SESSION_LOST') seen.lost++;
  }
  await robots.pool.close();
  await Promise.allSettled([...jobs.values()].map(({ result }) => result));
  await robots.rest();
  expect(robots.clock.pending, 'timers are left').toBe(0);
}

describe('next to a plain scheduler', () => {
  it('begins the same jobs on the same sessions in the same order', async () => {
    const seen: Seen = { began: 0, blocked: 0, again: 0, lost: 0 };
    const programs = fc.array(step, { minLength: 15, maxLength: 40, size: 'max' });
    await fc.assert(
      fc.asyncProperty(programs, (program) => follow(program, seen)),
      { numRuns: runs },
    );
    // Else it has proved less than it says.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(10);
  });
});
