/**
 * A RunStore on Redis: runs that outlive their process, and that all processes and machines can share.
 *
 * Invariant: every write is one step of one script on the server, which looks for itself whether its writer
 * still holds the run; leases go by the server's clock. Read next: run-script.ts for the writes, run-keys.ts for
 * what is kept where, ordered-script.ts for the order.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { type Clock, type Duration, parseDuration, systemClock } from '@runafter/clock';
import type {
  FrameQuery,
  LeaseAnswer,
  LeaseRequest,
  NewRun,
  NewSignal,
  OutcomeEntry,
  Place,
  Recorded,
  RunEnd,
  RunQuery,
  RunStore,
  StoredOutcome,
  StoredRun,
  StoredSignal,
  Writer,
} from '@runafter/core';
import { assertKeyPrefix, defaultPrefix } from '../key-prefix.ts';
import { type RedisClient, RedisConnection, type RedisSource } from '../redis-connection.ts';
import { readFrame, toMark, toPlace } from './frame-reading.ts';
import { OrderedScript } from './ordered-script.ts';
import {
  ofEnd,
  ofRun,
  packOutcome,
  packSignal,
  runFields,
  toRun,
  unpackSignal,
} from './run-fields.ts';
import { RunKeys } from './run-keys.ts';
import { listRuns } from './run-listing.ts';
import { runWrites, type Step } from './run-script.ts';
import { sentTogether } from './sent-together.ts';
import { SignalChannels } from './signal-channels.ts';
import { toSortableNumber } from './sortable-text.ts';
import { fromStoredText, toStoredText } from './stored-text.ts';

/** Options of {@link redisRunStore}. */
export interface RedisRunStoreOptions {
  /**
   * What keys and channels begin with: run `a` is kept under keys such as `runafter:runs:{7}:run:a`. Up to 200
   * characters. Default 'runafter:'.
   */
  readonly prefix?: string | undefined;
  /** After which runs that have ended may be deleted; Infinity to keep them. Default '30d'. */
  readonly retention?: Duration | undefined;
  /** Tells the time to connect again; leases go by the server's clock. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * Makes a store of runs on Redis 7, Valkey, or newer. Processes on many machines may share it.
 *
 * Each call is one round trip, and the calls of one tick go out together. Nothing is sent before the first one.
 * Signals are told by messages, for which the store opens one more connection when somebody listens. What Redis
 * loses in a crash or a failover is lost here, too: see the package's README.
 *
 * @param client - the options or the URL of a client, which the store makes and closes; or a client of ioredis,
 *   also a Cluster, which stays yours to close.
 * @returns a store whose calls may reject with a `ServiceError`, such as `SERVICE_UNAVAILABLE`, whose `outcome`
 *   says whether the call may have taken effect.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`: `retention` is neither a duration nor Infinity.
 * @example
 * const store = redisRunStore('redis://localhost:6379', { prefix: 'shop:' });
 * await start(weeklyReports, rows, { store, runId: 'week-47' }).finished;
 * await store.close();
 */
export function redisRunStore(client: RedisSource, options: RedisRunStoreOptions = {}): RunStore {
  const { prefix = defaultPrefix, retention = '30d', clock = systemClock } = options;
  const name = `Redis runs ${JSON.stringify(prefix)}`;
  assertKeyPrefix(name, prefix);
  const forever = retention === Number.POSITIVE_INFINITY;
  return new RedisRunStore(
    new RedisConnection(name, client, { socketTimeout, attempts }),
    new RunKeys(prefix),
    clock,
    forever ? retention : parseDuration(retention, 'retention'),
  );
}

/** A third of the lease that a run has by default, so that a renewal finds another connection in time. */
const socketTimeout = 5_000;
/** About a second: a write that fails has its process give up the run, with what handlers are doing. */
const attempts = 5;

class RedisRunStore implements RunStore {
  readonly retention: number;
  readonly #connection: RedisConnection;
  readonly #keys: RunKeys;
  readonly #writes: OrderedScript;
  readonly #channels: SignalChannels;

  constructor(connection: RedisConnection, keys: RunKeys, clock: Clock, retention: number) {
    this.retention = retention;
    this.#connection = connection;
    this.#keys = keys;
    this.#writes = new OrderedScript(connection, runWrites);
    this.#channels = new SignalChannels(connection, clock);
  }

  async createRun(
    run: NewRun,
    { holder, ttl }: LeaseRequest,
  ): Promise<{ state: 'created'; token: number } | { state: 'exists' }> {
    const { runId, startTime } = run;
    const age = toSortableNumber(startTime);
    const token = await this.#write('create', runId, [
      toStoredText(holder),
      ttl,
      age,
      toStoredText(runId),
      ...ofRun(run),
    ]);
    return token === null ? { state: 'exists' } : { state: 'created', token: Number(token) };
  }

  async readRun(runId: string): Promise<StoredRun | undefined> {
    const key = this.#keys.part(runId, 'run');
    const fields = await this.#read((client) => client.hmget(key, ...runFields));
    return toRun(runId, fields);
  }

  listRuns(query: RunQuery = {}): AsyncIterable<StoredRun> {
    return listRuns(this.#connection, this.#keys, query);
  }

  async deleteRun(runId: string, only: Pick<RunQuery, 'endedBefore'> = {}): Promise<boolean> {
    const args = [toStoredText(runId), only.endedBefore ?? ''];
    return Number(await this.#write('delete', runId, args)) === 1;
  }

  async acquireLease(runId: string, { holder, ttl }: LeaseRequest): Promise<LeaseAnswer> {
    const answer = await this.#write('acquire', runId, [toStoredText(holder), ttl]);
    if (answer === null) return { state: 'unknown' };
    const [first, expiresAt, last] = answer as [string, string, (string | null)?];
    if (expiresAt === '') {
      const expired = last ? { expired: fromStoredText(last) } : {};
      return { state: 'granted', token: Number(first), ...expired };
    }
    const lease = { holder: fromStoredText(first), expiresAt: Number(expiresAt) };
    return { state: 'held', lease };
  }

  async renewLease({ runId, token }: Writer, ttl: number): Promise<boolean> {
    return Number(await this.#write('renew', runId, [token, ttl])) === 1;
  }

  async releaseLease({ runId, token }: Writer): Promise<void> {
    await this.#write('release', runId, [token]);
  }

  async claimAttempt(
    runId: string,
    { frame, key }: Place,
    attempt: number,
  ): Promise<number | undefined> {
    const delivery = await this.#write('claim', runId, [toPlace(frame, key), attempt]);
    return delivery === null ? undefined : Number(delivery);
  }

  async recordOutcome({ runId, token }: Writer, entry: OutcomeEntry): Promise<Recorded> {
    const { outcome, signals = [], forgetState } = entry;
    const request = this.#newRequest();
    const place = toPlace(outcome.frame, outcome.key);
    const packed = packOutcome(outcome, request);
    const forgotten = forgetState === undefined ? ['', ''] : [1, toStoredText(forgetState)];
    const args = [token, place, toMark(outcome.status), packed, ...forgotten, ...signals];
    return (await this.#write('record', runId, args, request)) as Recorded;
  }

  readFrame(
    runId: string,
    frame: string,
    query: FrameQuery = {},
  ): Promise<readonly StoredOutcome[]> {
    const keys = {
      places: this.#keys.part(runId, 'places'),
      outcomes: this.#keys.part(runId, 'outcomes'),
    };
    return readFrame(this.#connection, keys, frame, query);
  }

  async saveState({ runId, token }: Writer, path: string, state: string): Promise<boolean> {
    const args = [token, toStoredText(path), toStoredText(state)];
    return Number(await this.#write('save', runId, args)) === 1;
  }

  async readState(runId: string, path: string): Promise<string | undefined> {
    const key = this.#keys.part(runId, 'states');
    const stored = await this.#read((client) => client.hget(key, toStoredText(path)));
    return stored === null ? undefined : fromStoredText(stored);
  }

  async putSignal(
    runId: string,
    signal: NewSignal,
  ): Promise<'kept' | 'duplicate' | 'stale' | 'ended' | 'unknown'> {
    const { id, delivery } = signal;
    const ids = id === undefined ? ['', ''] : [1, toStoredText(id)];
    const args = [this.#keys.channel(runId), packSignal(signal), ...ids];
    if (delivery !== undefined) {
      args.push(toPlace(delivery.frame, delivery.key), delivery.attempt, delivery.delivery);
    }
    return (await this.#write('signal', runId, args)) as 'kept';
  }

  async readSignals(runId: string, after: number): Promise<readonly StoredSignal[]> {
    const key = this.#keys.part(runId, 'signals');
    const stored = await this.#read((client) => client.zrangebyscore(key, `(${after}`, '+inf'));
    return stored.map(unpackSignal);
  }

  onSignal(runId: string, listener: (signal?: StoredSignal) => void): () => void {
    return this.#channels.listen(this.#keys.channel(runId), listener);
  }

  async endRun({ runId, token }: Writer, end: RunEnd): Promise<boolean> {
    const args = [token, toStoredText(runId), ...ofEnd(end)];
    return Number(await this.#write('end', runId, args)) === 1;
  }

  async close(): Promise<void> {
    this.#channels.close();
    await this.#writes.close();
    await this.#connection.close();
  }

  #read<T>(read: (client: RedisClient) => Promise<T>): Promise<T> {
    return this.#connection.run((client) => sentTogether(client, () => read(client)));
  }

  #write(
    step: Step,
    runId: string,
    args: readonly (string | number)[],
    request: string = this.#newRequest(),
  ): Promise<unknown> {
    return this.#writes.run(this.#keys.all(runId), [step, request, ...args]);
  }

  /** By which a write is recognised that arrives twice; '' where none does. */
  #newRequest(): string {
    return this.#connection.resends ? randomBytes(12).toString('base64url') : '';
  }
}
