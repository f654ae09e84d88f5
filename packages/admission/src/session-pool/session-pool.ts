/**
 * The SessionPool on any store of pools: the oldest job that may run gets the next session.
 *
 * A process asks for one session at a time, for none of its jobs in particular; who gets it is decided when it has
 * come, so that the order is exact. Invariant: while a job may run, a session is asked for; and what is granted goes
 * to a job or back.
 * Read next: job-queue.ts, whose turn it is; session-users.ts, one session a user; seats.ts, what is held.
 * @module
 */
import { AsyncResource } from 'node:async_hooks';
import { memoryPools, type Pool, pool, type ResourceLease } from '@runafter/claim';
import {
  type Clock,
  isTransient,
  parseDuration,
  systemClock,
  traceWait,
  untilAborted,
  type WaitOptions,
} from '@runafter/clock';
import { hasCode, ServiceClosedError } from '@runafter/errors';
import { type AttentiveStore, attentive } from './attentive-store.ts';
import { HeldSession } from './held-session.ts';
import { JobQueue } from './job-queue.ts';
import { Machines, type SessionResource, sessionsOf } from './machines.ts';
import type { Seat } from './seat.ts';
import { Seats } from './seats.ts';
import { SessionTimeoutError } from './session-pool-errors.ts';
import {
  assertMachine,
  assertMachines,
  assertPoolName,
  assertUser,
  type SessionPoolOptions,
} from './session-pool-options.ts';
import type {
  JobOptions,
  JobSession,
  Machine,
  Session,
  SessionOptions,
  SessionPool,
  SessionPoolState,
} from './session-pool-port.ts';
import {
  asLongAsItTakes,
  SharedUsers,
  type UserHold,
  type Users,
  usersHere,
} from './session-users.ts';
import { Turn } from './turn.ts';

/**
 * Makes a pool of sessions on machines, for jobs of users of whom each runs one at a time.
 *
 * With a store of `@runafter/redis`, postgres, mssql, sqlite or `documentPools()` all processes share the sessions: a
 * session, and a user, is held by one of them at a time, and comes back when its holder has died, after the `ttl`. Each
 * process orders its own jobs exactly; between processes the store's line decides.
 *
 * @throws {SessionPoolOptionError} `SESSION_POOL_OPTION_INVALID`
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`: of an option that session pools have in common with locks.
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * const robots = sessionPool({ machines: [{ name: 'VM-1', sessions: 2 }, { name: 'VM-2', sessions: 2 }] });
 * const invoice = await robots.run({ user: 'ann' }, ({ machine, signal }) => enter(order, { machine, signal }));
 */
export function sessionPool(options: SessionPoolOptions): SessionPool {
  const { machines, name = 'sessions' } = options;
  assertPoolName(name);
  assertMachines(name, machines);
  return new StoredSessionPool(name, options);
}

class StoredSessionPool implements SessionPool {
  readonly name: string;
  readonly #clock: Clock;
  /** In milliseconds; undefined: as long as it takes. */
  readonly #wait: number | undefined;
  readonly #poll: number;
  readonly #store: AttentiveStore;
  readonly #sessions: Pool<SessionResource>;
  readonly #machines: Machines;
  readonly #users: Users;
  readonly #queue = new JobQueue<Turn>();
  /** Who waits: in the queue, or for its user to be free elsewhere. */
  readonly #turns = new Set<Turn>();
  readonly #seats = new Seats();
  /** What acquire() has handed over. */
  readonly #handles = new Set<HeldSession>();
  readonly #closed = new AbortController();
  readonly #ownContext = new AsyncResource('SessionPool');
  #lastPlace = 0;
  /** The request for a session that is under way. */
  #asking: AbortController | undefined;
  #closing: Promise<void> | undefined;

  constructor(name: string, options: SessionPoolOptions) {
    const { machines, store, wait, clock = systemClock, poll = '1s' } = options;
    this.name = name;
    this.#clock = clock;
    this.#wait = wait === undefined ? undefined : parseDuration(wait, 'wait');
    this.#poll = parseDuration(poll, 'poll');
    this.#store = attentive(store ?? memoryPools({ clock }));
    this.#sessions = pool(this.#store, name, machines.flatMap(sessionsOf), options);
    this.#machines = new Machines(this.#sessions, machines);
    this.#users = store === undefined ? usersHere() : new SharedUsers(this.#store, name, options);
  }

  async run<R>(options: JobOptions, job: (session: JobSession) => R | PromiseLike<R>): Promise<R> {
    const { atMostOnce = false, signal } = options;
    const turn = this.#begin(options);
    let granted = this.#join(turn);
    for (;;) {
      const held = await granted;
      const stop = () => held.end(signal?.reason);
      signal?.addEventListener('abort', stop, { once: true });
      try {
        signal?.throwIfAborted();
        held.assertHeld();
        return await job(held.forJob(++turn.attempts));
      } catch (error) {
        if (!held.isLost) throw error;
        if (atMostOnce && turn.attempts > 0) throw held.signal.reason;
        granted = this.#join(turn);
      } finally {
        signal?.removeEventListener('abort', stop);
        // What the job has done is done; a session that could not be given back ends with its ttl.
        await untilAborted(signal, held.release()).catch(ignore);
      }
    }
  }

  async acquire(options: SessionOptions): Promise<Session> {
    const held = await this.#join(this.#begin(options));
    return this.#handOver(held);
  }

  async tryAcquire(options: Omit<SessionOptions, 'wait'>): Promise<Session | undefined> {
    const { user, signal } = options;
    assertUser(this.name, user);
    signal?.throwIfAborted();
    this.#closed.signal.throwIfAborted();
    if (this.#queue.oldest !== undefined || !this.#queue.takeUser(user)) return undefined;
    const trying = this.#try(user);
    try {
      const held = await untilAborted(signal, trying);
      return held && this.#handOver(held);
    } catch (error) {
      // What comes after an abort is not for the caller any more.
      void trying.then((held) => held?.release()).catch(ignore);
      throw error;
    }
  }

  async drain(machine: string, options: WaitOptions = {}): Promise<void> {
    await this.#machines.drain(machine, options);
  }

  async resume(machine: string, options: WaitOptions = {}): Promise<void> {
    await this.#machines.resume(machine, options);
  }

  async join(machine: Machine, options: WaitOptions = {}): Promise<void> {
    assertMachine(this.name, 'the machine', machine);
    await this.#machines.join(machine, options);
  }

  async leave(machine: string, options: WaitOptions = {}): Promise<boolean> {
    await this.#machines.drain(machine, options);
    for (;;) {
      const { returns } = this.#seats;
      const departure = await this.#machines.departure(machine, options);
      if (departure === 'free') this.#machines.forget(machine);
      if (departure !== 'held') return departure === 'free';
      if (this.#seats.returns === returns) await this.#pause(options);
    }
  }

  async lost(machine: string, options: WaitOptions = {}): Promise<void> {
    await this.#seats.lose(machine, this.#machines.lose(machine, options));
  }

  async inspect(options: WaitOptions = {}): Promise<SessionPoolState> {
    const machines = await this.#machines.inspect((owner) => this.#seats.userOf(owner), options);
    const queue = this.#queue.all.map((turn) => ({
      user: turn.user,
      since: new Date(turn.since),
      attempts: turn.attempts,
      why: this.#queue.whyWaits(turn),
    }));
    return { machines, queue };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const error = new ServiceClosedError(`Session pool "${this.name}"`);
    this.#closed.abort(error);
    for (const turn of [...this.#turns]) turn.refuse(error);
    this.#seats.end(error);
    for (const held of this.#handles) held.release().catch(ignore);
    await this.#seats.untilAllReturned();
    await this.#users.close();
    await this.#sessions.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @throws for whatever cannot be asked for. */
  #begin({ user, wait, signal }: SessionOptions): Turn {
    assertUser(this.name, user);
    return new Turn({
      user,
      place: ++this.#lastPlace,
      clock: this.#clock,
      wait: wait === undefined ? this.#wait : parseDuration(wait, 'wait'),
      signal,
      timeOut: (turn, waited) => this.#timeOut(turn, waited),
      onLeave: (turn) => this.#leave(turn),
    });
  }

  /** A store that did not answer is not known to have had no session. */
  #timeOut(turn: Turn, waited: number): unknown {
    const why = this.#queue.whyWaits(turn);
    const isUpToStore = why === 'no session free' || why === 'user runs in another process';
    const { trouble } = this.#store;
    if (isUpToStore && trouble !== undefined) return trouble;
    return new SessionTimeoutError(this.name, turn.user, waited, why);
  }

  /** Also when its session was lost: it is older than what came after, and goes back to its old place. */
  #join(turn: Turn): Promise<HeldSession> {
    this.#queue.add(turn);
    this.#turns.add(turn);
    const granted = traceWait('claim', this.name, () => turn.wait());
    // It may be refused while its caller gives a lost session back, before it looks here.
    granted.catch(ignore);
    if (this.#closed.signal.aborted) turn.refuse(this.#closed.signal.reason);
    this.#dispatch();
    return granted;
  }

  #leave(turn: Turn): void {
    this.#turns.delete(turn);
    this.#queue.remove(turn);
    this.#tidy(turn.user);
    this.#dispatch();
  }

  /** A session is asked for while a job may run, and only then. */
  #dispatch(): void {
    const isWanted = this.#queue.oldest !== undefined;
    if (isWanted && this.#asking === undefined) {
      const asking = new AbortController();
      this.#asking = asking;
      // For the pool, and for no caller in particular: telemetry must not take it for a wait of one.
      this.#ownContext.runInAsyncScope(() => void this.#ask(asking));
    } else if (!isWanted) {
      this.#asking?.abort();
      this.#asking = undefined;
    }
  }

  async #ask(asking: AbortController): Promise<void> {
    const { signal } = asking;
    try {
      const wish = { mode: 'lease', wait: asLongAsItTakes, signal } as const;
      const lease = await this.#sessions.claim(wish);
      // Aborted in the moment of the grant, it may have been followed by another one.
      if (this.#asking === asking) this.#asking = undefined;
      void this.#seat(lease);
    } catch (error) {
      if (signal.aborted) return;
      this.#asking = undefined;
      if (!isPassing(error)) this.#queue.oldest?.refuse(error);
    }
    this.#dispatch();
  }

  /** Hands a session to the oldest job that may run, or gives it back. */
  async #seat(lease: ResourceLease<SessionResource>): Promise<void> {
    const seat = this.#seats.take(lease);
    while (!seat.signal.aborted) {
      const turn = this.#queue.take();
      if (turn === undefined) break;
      const user = await this.#tryUser(turn);
      if (user !== undefined && turn.isWaiting && !seat.signal.aborted) {
        this.#turns.delete(turn);
        turn.admit(this.#occupy(seat, turn.user, user));
        return;
      }
      if (turn.isWaiting) this.#queue.add(turn);
      if (user === undefined) {
        void this.#awaitUser(turn.user);
      } else {
        this.#users.keep(turn.user, user);
        this.#openUser(turn.user);
      }
    }
    await this.#seats.giveBack(seat).catch(ignore);
  }

  async #try(user: string): Promise<HeldSession | undefined> {
    let hold: UserHold | undefined;
    let held: HeldSession | undefined;
    try {
      hold = await this.#users.tryTake(user);
      const lease = hold && (await this.#sessions.tryClaim({ mode: 'lease' }));
      if (hold && lease) held = this.#occupy(this.#seats.take(lease), user, hold);
      return held;
    } finally {
      if (held === undefined) {
        if (hold !== undefined) this.#users.keep(user, hold);
        this.#openUser(user);
      }
    }
  }

  /** Undefined: the user runs elsewhere, or nobody knows. */
  async #tryUser(turn: Turn): Promise<UserHold | undefined> {
    try {
      return await this.#users.tryTake(turn.user);
    } catch (error) {
      if (!isPassing(error)) turn.refuse(error);
      return undefined;
    }
  }

  async #awaitUser(user: string): Promise<void> {
    this.#queue.block(user);
    this.#tidy(user);
    if (!this.#queue.has(user)) return;
    try {
      if (!(await this.#users.untilFree(user))) return;
    } catch (error) {
      if (!isPassing(error)) this.#queue.oldestOf(user)?.refuse(error);
    }
    this.#openUser(user);
  }

  #openUser(user: string): void {
    this.#queue.open(user);
    this.#tidy(user);
    this.#dispatch();
  }

  /** What is shared of a user is for who has jobs here. */
  #tidy(user: string): void {
    if (!this.#queue.has(user)) this.#users.forget(user);
  }

  #occupy(seat: Seat, user: string, hold: UserHold): HeldSession {
    seat.handTo(hold);
    const held = new HeldSession(user, seat, () => this.#release(held, seat, hold));
    this.#seats.occupy(seat, held);
    return held;
  }

  #handOver(held: HeldSession): Session {
    this.#handles.add(held);
    if (this.#closed.signal.aborted) held.release().catch(ignore);
    return held;
  }

  /** The user first: of those who wait for this session, a job of the same user may be the oldest. */
  async #release(held: HeldSession, seat: Seat, hold: UserHold): Promise<void> {
    this.#handles.delete(held);
    seat.markReleased();
    try {
      await hold.release();
    } finally {
      this.#openUser(held.user);
      await this.#seats.giveBack(seat);
    }
  }

  /** Until a session was given back here, or for so long that one may have been elsewhere. */
  async #pause({ signal }: WaitOptions): Promise<void> {
    const enough = new AbortController();
    const ends = [enough.signal, this.#closed.signal, ...(signal === undefined ? [] : [signal])];
    const returned = this.#seats.untilReturn(enough.signal);
    const slept = this.#clock.sleep(this.#poll, { signal: AbortSignal.any(ends) });
    await Promise.race([returned, slept]).finally(() => enough.abort());
  }
}

/** Whether it may be another time. */
function isPassing(error: unknown): boolean {
  return hasCode(error, 'POOL_EMPTY') || isTransient(error);
}

function ignore(): void {}
