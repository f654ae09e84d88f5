/**
 * createOnce(): of all who want something created, one creates it, and all get what it made.
 *
 * A claim under the key says who is at it. It is renewed while the work goes on; who has seen it unchanged for its
 * whole ttl takes over (stillness.ts), with the same idempotency key.
 * Read next: creator.ts, one call; creation-attempt.ts, the one that creates.
 * @module
 */
import {
  type Clock,
  type Duration,
  parseDuration,
  type Random,
  systemClock,
} from '@runafter/clock';
import { LocalTurns } from '@runafter/lock/leasing';
import type { DocumentStore } from '@runafter/optimistic';
import { CreateOnceOptionError } from './claim-errors.ts';
import type { Creation } from './creation.ts';
import { type CreationTimes, Creator } from './creator.ts';

/** What `make` is given. */
export interface MakeContext {
  /**
   * The same for all who ever run `make` for this key, on whatever machine, until one has succeeded. Pass it to
   * the service that creates: `make` may run twice when a process dies in it, or stands still for too long.
   */
  readonly idempotencyKey: string;
  /** Aborts when the caller's does, and when somebody else has taken over. */
  readonly signal: AbortSignal;
}

/** Options of {@link createOnce}. */
export interface CreateOnceOptions {
  /** For how long a creator that nothing is heard from is waited for. Renewed while it works. Default '30s'. */
  readonly ttl?: Duration | undefined;
  /** How long to wait for what somebody else is creating; 0: not at all. Default '2m'. */
  readonly wait?: Duration | undefined;
  /** The longest time between two looks of who waits. Default '500ms'. */
  readonly poll?: Duration | undefined;
  /** Aborting it ends the call at once. What `make` has begun is still kept if it succeeds. */
  readonly signal?: AbortSignal | undefined;
  /** By which waits end and claims expire. Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Where the jitter comes from. Default `Math.random`. */
  readonly random?: Random | undefined;
}

/** Who asks for a key of a store in this process: one at a time, so that the others find what it made. */
const turns = new WeakMap<object, LocalTurns>();

/**
 * Creates something that must not be created twice, such as a customer in a CRM, and hands over what was created,
 * to the one who did and to all others.
 *
 * `make` runs once, unless its process dies or stands still for longer than the ttl: then somebody else runs it
 * again, with the same idempotency key. When it throws, that is for its caller alone, and the next caller may try.
 *
 * @param store - of documents for nothing else, on any backend. What is created is kept in it, as its codec allows.
 * @param key - what it must be unique by, such as a customer's mail address.
 * @throws what `make` throws, as it is; but when somebody else has taken over meanwhile, the caller gets what that
 *   one creates.
 * @throws {CreateOnceTimeoutError} `CREATE_ONCE_TIMEOUT`
 * @throws {CreateOnceOptionError} `CREATE_ONCE_OPTION_INVALID`
 * @throws {DocumentInvalidError} `DOCUMENT_INVALID`: what `make` has returned cannot be kept.
 * @throws all that the store's read and write throw.
 * @example
 * const customer = await createOnce(customers, order.mail, ({ idempotencyKey }) =>
 *   crm.createCustomer({ mail: order.mail }, { idempotencyKey }),
 * );
 */
export async function createOnce<T>(
  store: DocumentStore<Creation<T>>,
  key: string,
  make: (context: MakeContext) => T | PromiseLike<T>,
  options: CreateOnceOptions = {},
): Promise<T> {
  const { signal, clock = systemClock, random = Math.random } = options;
  const times = timesOf(options);
  if (typeof make !== 'function') {
    throw new CreateOnceOptionError('make', `is ${typeof make}. Pass a function that creates it.`);
  }
  signal?.throwIfAborted();
  const ofStore = turns.get(store) ?? new LocalTurns();
  turns.set(store, ofStore);
  const creator = new Creator<T>({ store, key, clock, random }, make, times);
  return await creator.run(ofStore, signal);
}

function timesOf(options: CreateOnceOptions): CreationTimes {
  const ttl = parseDuration(options.ttl ?? '30s', 'ttl');
  const poll = parseDuration(options.poll ?? '500ms', 'poll');
  if (ttl < 10) throw new CreateOnceOptionError('ttl', `is ${ttl} ms. Pass at least 10 ms.`);
  if (poll < 1) throw new CreateOnceOptionError('poll', `is ${poll} ms. Pass at least 1 ms.`);
  return { ttl, poll, wait: parseDuration(options.wait ?? '2m', 'wait') };
}
