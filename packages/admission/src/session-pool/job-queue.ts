/**
 * Whose turn it is: jobs in the order of their coming, of which each user has one out at a time.
 *
 * Invariant: `ready` has the oldest job of each user who is open, and no other. So the first of them is the oldest
 * job that may run, and the jobs of users who run already are not even looked at.
 * @module
 */
import { Heap, type HeapEntry } from '@runafter/clock/waiting';
import type { WaitReason } from './session-pool-port.ts';

/** What can stand in the queue. */
export interface QueuedJob {
  readonly user: string;
  /** The smaller, the older. No other job has the same. */
  readonly place: number;
}

/** `open`: the oldest job may run; `running`: one of them is out; `elsewhere`: the user runs in another process. */
type UserState = 'open' | 'running' | 'elsewhere';

interface UserJobs<J> {
  state: UserState;
  readonly jobs: Heap<J>;
  ready: HeapEntry<J> | undefined;
}

export class JobQueue<J extends QueuedJob> {
  /** Users who have a job here, waiting or out. */
  readonly #users = new Map<string, UserJobs<J>>();
  /** All that wait, and where among those of their users. */
  readonly #entries = new Map<J, HeapEntry<J>>();
  readonly #ready = newHeap<J>();

  /** The oldest job that may run. */
  get oldest(): J | undefined {
    return this.#ready.peek();
  }

  /** All that wait, the oldest first. */
  get all(): J[] {
    return [...this.#entries.keys()].sort((a, b) => a.place - b.place);
  }

  /** Puts a job at its place: a new one at the end, and one that was out before those that came later. */
  add(job: J): void {
    this.#change(job.user, ({ jobs }) => this.#entries.set(job, jobs.push(job)));
  }

  /** Takes a job out, wherever it stands. Does nothing when it is out already. */
  remove(job: J): void {
    const entry = this.#entries.get(job);
    if (entry === undefined) return;
    this.#entries.delete(job);
    this.#change(job.user, ({ jobs }) => jobs.remove(entry));
  }

  /** Takes out the oldest job that may run. Until {@link open}, no other one of its user may. */
  take(): J | undefined {
    const job = this.oldest;
    if (job === undefined) return undefined;
    this.#setState(job.user, 'running');
    this.remove(job);
    return job;
  }

  /**
   * As if a job of the user had been added and taken.
   *
   * @returns false: the user has others here.
   */
  takeUser(user: string): boolean {
    if (this.has(user)) return false;
    this.#setState(user, 'running');
    return true;
  }

  /** The user runs in another process. */
  block(user: string): void {
    this.#setState(user, 'elsewhere');
  }

  /** The user does not run any more. */
  open(user: string): void {
    this.#setState(user, 'open');
  }

  /** Whether the user has a job here: one that waits, or one that is out. */
  has(user: string): boolean {
    return this.#users.has(user);
  }

  /** The user's oldest job that waits. */
  oldestOf(user: string): J | undefined {
    return this.#users.get(user)?.jobs.peek();
  }

  /** Why a job waits. One that is out and has no session yet waits for that. */
  whyWaits(job: J): WaitReason {
    const user = this.#users.get(job.user);
    if (user === undefined || !this.#entries.has(job)) return 'no session free';
    if (user.state === 'running') return 'user runs already';
    if (user.state === 'elsewhere') return 'user runs in another process';
    return user.jobs.peek() === job ? 'no session free' : 'behind a job of the same user';
  }

  #setState(user: string, state: UserState): void {
    this.#change(user, (found) => {
      found.state = state;
    });
  }

  #change(name: string, change: (user: UserJobs<J>) => void): void {
    const user = this.#users.get(name) ?? { state: 'open', jobs: newHeap(), ready: undefined };
    this.#users.set(name, user);
    change(user);
    const first = user.jobs.peek();
    const ready = user.state === 'open' ? first : undefined;
    if (user.ready?.item !== ready) {
      if (user.ready !== undefined) this.#ready.remove(user.ready);
      user.ready = ready && this.#ready.push(ready);
    }
    if (first === undefined && user.state !== 'running') this.#users.delete(name);
  }
}

function newHeap<J extends QueuedJob>(): Heap<J> {
  return new Heap((a, b) => a.place - b.place);
}
