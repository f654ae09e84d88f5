/**
 * Robots for tests: jobs that run until they are told to end, and a log of who began where.
 * @module
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import {
  type JobOptions,
  type JobSession,
  type SessionPool,
  type SessionPoolOptions,
  sessionPool,
} from '../../src/index.ts';

/** A job that was submitted. */
export interface Robot {
  /** Its sessions, the last one last. */
  readonly begun: JobSession[];
  readonly result: Promise<string>;
  /** What became of it: a result, an error, or undefined while it waits or runs. */
  readonly settled: { value?: string; error?: unknown } | undefined;
  /** Ends it where it runs. */
  end(value?: string): void;
  fail(error: unknown): void;
  abort(reason: unknown): void;
}

/** A session pool on a clock that stands still. */
export class Robots {
  readonly clock: VirtualClock;
  readonly pool: SessionPool;
  /** `ann on VM-1/1`, in the order of their beginnings. */
  readonly log: string[] = [];

  constructor(options: Partial<SessionPoolOptions> = {}, clock: VirtualClock = virtualClock()) {
    this.clock = clock;
    const machines = [{ name: 'VM-1' }, { name: 'VM-2' }];
    this.pool = sessionPool({ machines, clock, random: () => 0.5, ...options });
  }

  /**
   * Submits a job, which ends when it is told to, or when its signal aborts.
   *
   * @param name - what the log calls it; begins with its user, such as `ann 2`.
   */
  submit(name: string, options: Partial<JobOptions> & { readonly deaf?: boolean } = {}): Robot {
    const { deaf = false, ...rest } = options;
    const [user = name] = name.split(' ');
    const begun: JobSession[] = [];
    let end = (_: string): void => {};
    let fail = (_: unknown): void => {};
    const aborted = new AbortController();
    const result = this.pool.run({ user, signal: aborted.signal, ...rest }, (session) => {
      begun.push(session);
      this.log.push(`${name} on ${session.machine}/${session.session}`);
      return new Promise<string>((resolve, reject) => {
        end = resolve;
        fail = reject;
        const { signal } = session;
        if (deaf) return;
        if (signal.aborted) reject(signal.reason);
        else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    });
    const robot = { settled: undefined as Robot['settled'] };
    result.then(
      (value) => {
        robot.settled = { value };
      },
      (error: unknown) => {
        robot.settled = { error };
      },
    );
    return Object.assign(robot, {
      begun,
      result,
      end: (value = name) => end(value),
      fail: (error: unknown) => fail(error),
      abort: (reason: unknown) => aborted.abort(reason),
    });
  }

  /** Until nothing moves any more: no timer is needed for that. */
  rest(): Promise<void> {
    return this.clock.advance(0);
  }

  /** What was begun since the last call. */
  async begun(): Promise<string[]> {
    await this.rest();
    return this.log.splice(0);
  }

  /** `VM-1: ann, free; VM-2: bob, free`, and the machines' states unless they are open. */
  async who(): Promise<string> {
    const { machines } = await this.pool.inspect();
    return machines
      .map(({ name, state, sessions }) => {
        const users = sessions.map(({ holder }) => (holder ? (holder.user ?? 'somebody') : 'free'));
        return `${name}${state === 'open' ? '' : ` (${state})`}: ${users.join(', ')}`;
      })
      .join('; ');
  }
}
