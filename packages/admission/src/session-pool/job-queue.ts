/**
 * Whose turn it is: jobs in the order of their coming, of which each user has one out at a time.
 *
 * Invariant: `ready` has, for each user who is open and has jobs, one entry: the place of the oldest one. So the
 * first entry is the oldest job that may run, and those of users who run already are not even looked at.
 * @module
 */
import type { WaitReason } from './session-pool-port.ts';

/** What can stand in the queue. */
export interface QueuedJob {
  readonly user: string;
  /** Its place: the smaller, the older. No other has the same. */
  readonly place: number;
}

/** `open`: its oldest job is next; `running`: one of them is out; `elsewhere`: in another process. */
type UserState = 'open' | 'running' | 'elsewhere';

interface UserJobs<J> {
  state: UserState;
  /** The job that was out and is back: older than all others. */
  back: J | undefined;
  /** In the order of their coming. */
  readonly jobs: Set<J>;
}

export class JobQueue<J extends QueuedJob> {
  readonly #users = new Map<string, UserJobs<J>>();
  /** The oldest jobs of the open users, the oldest first. */
  readonly #ready: J[] = [];

  /** The oldest job that may run, which stays in. */
  get oldest(): J | undefined {
    return this.#ready[0];
  }

  /** Of all users, whether they may run or not. */
  get all(): J[] {
    const users = [...this.#users.values()];
    return users
      .flatMap(({ back, jobs }) => (back === undefined ? [...jobs] : [back, ...jobs]))
      .sort((a, b) => a.place - b.place);
  }

  /** Puts a job at the end. */
  add(job: J): void {
    this.#change(job.user, ({ jobs }) => jobs.add(job));
  }

  /** Takes out a job, wherever it is. */
  remove(job: J): void {
    this.#change(job.user, (user) => {
      if (user.back === job) user.back = undefined;
      user.jobs.delete(job);
    });
  }

  /** Takes out the oldest job that may run; no other one of its user may, until {@link open}. */
  take(): J | undefined {
    const job = this.oldest;
    if (job === undefined) return undefined;
    this.#change(job.user, (user) => {
      user.state = 'running';
      if (user.back === job) user.back = undefined;
      user.jobs.delete(job);
    });
    return job;
  }

  /** As if a job of the user was added and taken. @returns false: there are others of the user. */
  takeUser(user: string): boolean {
    if (this.#users.has(user)) return false;
    this.#users.set(user, { state: 'running', back: undefined, jobs: new Set() });
    return true;
  }

  /** Puts a job that was taken back to its place. */
  putBack(job: J): void {
    this.#change(job.user, (user) => {
      user.back = job;
    });
  }

  /** The user runs in another process. */
  block(user: string): void {
    this.#change(user, (found) => {
      found.state = 'elsewhere';
    });
  }

  /** The user runs no more. */
  open(user: string): void {
    this.#change(user, (found) => {
      found.state = 'open';
    });
  }

  /** Whether the user has a job here: one that waits, or one that is out. */
  has(user: string): boolean {
    return this.#users.has(user);
  }

  /** The user's oldest job that waits. */
  oldestOf(user: string): J | undefined {
    const found = this.#users.get(user);
    return found && headOf(found);
  }

  /** Why a job waits: for a session also one that was taken and has none yet. */
  whyWaits(job: J): WaitReason {
    const user = this.#users.get(job.user);
    if (user === undefined || !contains(user, job)) return 'no session free';
    if (user.state === 'running') return 'user runs already';
    if (user.state === 'elsewhere') return 'user runs in another process';
    return headOf(user) !== job ? 'behind a job of the same user' : 'no session free';
  }

  /** Changes what there is of a user, and keeps the invariant. */
  #change(name: string, change: (user: UserJobs<J>) => void): void {
    const user = this.#users.get(name) ?? { state: 'open', back: undefined, jobs: new Set() };
    this.#users.set(name, user);
    const before = readyOf(user);
    change(user);
    const after = readyOf(user);
    if (before !== after) {
      if (before !== undefined) this.#ready.splice(this.#indexOf(before), 1);
      if (after !== undefined) this.#ready.splice(this.#indexOf(after), 0, after);
    }
    if (headOf(user) === undefined && user.state !== 'running') this.#users.delete(name);
  }

  /** Where the job is among those that are ready, or would be. */
  #indexOf({ place }: J): number {
    let low = 0;
    let high = this.#ready.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      // biome-ignore lint/style/noNonNullAssertion: it is below the length.
      if (this.#ready[middle]!.place < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function headOf<J>({ back, jobs }: UserJobs<J>): J | undefined {
  if (back !== undefined) return back;
  const [first] = jobs;
  return first;
}

function readyOf<J>(user: UserJobs<J>): J | undefined {
  return user.state === 'open' ? headOf(user) : undefined;
}

function contains<J>({ back, jobs }: UserJobs<J>, job: J): boolean {
  return back === job || jobs.has(job);
}
