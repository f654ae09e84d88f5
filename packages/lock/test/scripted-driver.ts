/**
 * A lease driver that answers as a test has written down, and notes what it was asked and when.
 * @module
 */
import type { VirtualClock } from '@runafter/clock';
import { ServiceRefusedError, ServiceUnavailableError } from '@runafter/errors';
import type {
  AcquireRequest,
  Busy,
  Granted,
  LeaseDriver,
  LeaseRequest,
  Watch,
} from '../src/index.ts';

/** One answer; it may take its time. */
export type Answer<T> = (signal: AbortSignal) => T | Promise<T>;

interface Watcher {
  readonly owner: string;
  readonly wake: () => void;
}

export class ScriptedDriver implements LeaseDriver {
  readonly name = 'Scripted locks';
  readonly queues: boolean;
  /** One after the other; the last one again and again. */
  acquires: Answer<Granted | Busy>[] = [granted()];
  renews: Answer<boolean>[] = [() => true];
  releases: Answer<void>[] = [() => undefined];
  /** What was asked, such as `1000 acquire 1`: when, what, and the how-manieth owner. */
  readonly log: string[] = [];
  readonly requests: AcquireRequest[] = [];
  readonly renewals: { readonly ttl: number }[] = [];
  /** Requests that are under way, by what they are. */
  readonly underWay = { acquire: 0, renew: 0, release: 0 };
  readonly watchers = new Set<Watcher>();
  watch?: NonNullable<LeaseDriver['watch']>;
  closed = 0;
  #hears = false;
  readonly #clock: VirtualClock;
  readonly #owners: string[] = [];

  constructor(clock: VirtualClock, { queues = false }: { readonly queues?: boolean } = {}) {
    this.#clock = clock;
    this.queues = queues;
  }

  acquire(
    request: AcquireRequest,
    { signal }: { readonly signal?: AbortSignal | undefined },
  ): Promise<Granted | Busy> {
    this.requests.push(request);
    return this.#answer('acquire', request, this.acquires, signal);
  }

  renew(
    request: LeaseRequest,
    ttl: number,
    { signal }: { readonly signal?: AbortSignal | undefined },
  ): Promise<boolean> {
    this.renewals.push({ ttl });
    return this.#answer('renew', request, this.renews, signal);
  }

  release(
    request: LeaseRequest,
    { signal }: { readonly signal?: AbortSignal | undefined },
  ): Promise<void> {
    return this.#answer('release', request, this.releases, signal);
  }

  /** From now on releases can be told, and are if so; before, this backend has no watch. */
  set hears(hears: boolean) {
    this.#hears = hears;
    this.watch = ({ owner }, wake) => {
      const watcher = { owner, wake };
      this.watchers.add(watcher);
      return new ScriptedWatch(
        () => this.#hears,
        () => this.watchers.delete(watcher),
      );
    };
  }

  wakeAll(): void {
    for (const { wake } of [...this.watchers]) wake();
  }

  async close(): Promise<void> {
    this.closed++;
  }

  forgetOwners(): void {
    this.#owners.length = 0;
  }

  /** The log of one kind, without its name. */
  times(kind: 'acquire' | 'renew' | 'release'): number[] {
    return this.log.flatMap((line) => (line.includes(kind) ? [Number.parseFloat(line)] : []));
  }

  async #answer<T>(
    kind: 'acquire' | 'renew' | 'release',
    { owner }: LeaseRequest,
    answers: Answer<T>[],
    signal = new AbortController().signal,
  ): Promise<T> {
    if (!this.#owners.includes(owner)) this.#owners.push(owner);
    const number = this.#owners.indexOf(owner) + 1;
    this.log.push(`${Math.round(this.#clock.monotonic())} ${kind} ${number}`);
    const [answer] = answers.length > 1 ? answers.splice(0, 1) : answers;
    this.underWay[kind]++;
    try {
      return await (answer as Answer<T>)(signal);
    } finally {
      this.underWay[kind]--;
    }
  }
}

class ScriptedWatch implements Watch {
  readonly stop: () => void;
  readonly #hears: () => boolean;

  constructor(hears: () => boolean, stop: () => void) {
    this.#hears = hears;
    this.stop = stop;
  }

  get hears(): boolean {
    return this.#hears();
  }
}

export function granted(token = 1n, ended?: AbortSignal): Answer<Granted> {
  return () => ({ granted: true, token, ended });
}

export function busy(facts: Omit<Busy, 'granted'> = {}): Answer<Busy> {
  return () => ({ granted: false, ...facts });
}

/** Fails before or after the request was carried out; nobody knows. */
export const unknown: Answer<never> = () => {
  throw new ServiceUnavailableError('Scripted locks', 'unknown');
};

/** Fails, and nothing was done; the service may say when to come back. */
export function notDone(retryAfter?: number): Answer<never> {
  return () => {
    throw new ServiceUnavailableError('Scripted locks', 'not-done', { retryAfter });
  };
}

export const refused: Answer<never> = () => {
  throw new ServiceRefusedError('Scripted locks', 'Ask for the right.');
};

/** No answer, until the signal aborts. */
export const hangs: Answer<never> = (signal) =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** The answer comes late, whatever the signal says. */
export function late<T>(clock: VirtualClock, ms: number, answer: Answer<T>): Answer<T> {
  return async (signal) => {
    await clock.sleep(ms);
    return answer(signal);
  };
}
