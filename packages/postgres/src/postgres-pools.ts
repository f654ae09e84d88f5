/**
 * Pools of resources as rows: whoever's owner is in the row has the resource, until the time that is in the row.
 *
 * Invariant: the server's clock alone counts, and each request is decided by one statement, in a transaction of
 * its own and at whatever isolation level the session has: what is decided is decided under locks and by unique
 * indexes, and what a stricter level rolls back is run again.
 * Read next: pool-statements.ts; release-listener.ts, how who waits is told.
 * @module
 */
import { hash } from 'node:crypto';
import type {
  AddRequest,
  ClaimantRequest,
  Claimed,
  ClaimRequest,
  PoolStore,
  ReleaseRequest,
  ResourceState,
  Retired,
} from '@runafter/claim';
import { type Clock, systemClock, type WaitOptions } from '@runafter/clock';
import { readProperty } from '@runafter/errors';
import type { Busy, Watch } from '@runafter/lock';
import { Connection, type Value } from './connection.ts';
import { type PoolStatements, poolStatements } from './pool-statements.ts';
import { isDuplicate, isLimitExceeded } from './postgres-errors.ts';
import { quotedSchema } from './quoted-name.ts';
import { ReleaseListener } from './release-listener.ts';
import { withinTime } from './request-time.ts';
import type { PostgresClient } from './sessions.ts';
import { fromStoredText, toStoredText } from './stored-text.ts';

/** Options of {@link postgresPools}. */
export interface PostgresPoolsOptions {
  /** The schema that was given to `migrate()`. Default `runafter`. */
  readonly databaseSchema?: string | undefined;
  /** By which requests end that take too long. What is leased expires by the server's. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * Makes a store of pools in PostgreSQL. Call `migrate()` before its first use.
 *
 * Who waits is told of a release by LISTEN and NOTIFY; all who wait on one store share one session for that, which
 * is opened beside the `pg` pool. Where notifications do not arrive, as behind a pooler in transaction mode, they
 * poll.
 *
 * @param client - a `pg` pool of yours, or how to connect: options of `pg`, or a connection string.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * const licences = pool(postgresPools(database), 'licences', ['E5-001', 'E5-002']);
 * const licence = await licences.claim({ mode: 'assign', once: 'hire-17' });
 */
export function postgresPools(
  client: PostgresClient,
  options: PostgresPoolsOptions = {},
): PoolStore {
  return new PostgresPools(client, options);
}

/** Runs a statement within the time of its request. */
type Run = <Row>(text: string, values: readonly Value[]) => Promise<Row[]>;

class PostgresPools implements PoolStore {
  readonly name: string;
  readonly queues = false;
  readonly #statements: PoolStatements;
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #channel: string;
  readonly #listener: ReleaseListener;

  constructor(
    client: PostgresClient,
    { databaseSchema = 'runafter', clock = systemClock }: PostgresPoolsOptions,
  ) {
    this.name = `PostgreSQL pools "${databaseSchema}"`;
    this.#statements = poolStatements(quotedSchema(this.name, 'databaseSchema', databaseSchema));
    this.#connection = new Connection(this.name, client, clock);
    this.#clock = clock;
    this.#channel = `runafter_pools_${hash('sha256', databaseSchema).slice(0, 16)}`;
    this.#listener = new ReleaseListener(this.#connection, this.#channel, clock);
  }

  /** One statement, unless others are in its way. */
  claim(request: ClaimRequest, { signal }: WaitOptions): Promise<Claimed | Busy | Retired> {
    return this.#within(signal, async (run) => {
      const { claim, claimPatiently, forgetExpired, want } = this.#statements;
      const claimant = claimantOf(request);
      const values = [...claimant, String(request.ttl)];
      for (let text = claim; ; ) {
        const reply = await this.#tryClaim(run, text, values);
        text = claim;
        switch (reply.outcome) {
          case 'given':
            return toClaimed(reply);
          case 'retired':
            return { granted: false, retired: true };
          case 'passed over':
            // A transaction that has it may be rolled back, and then nobody would be told.
            text = claimPatiently;
            break;
          case 'undecided':
            await run(forgetExpired, claimant);
            break;
          case 'busy':
            if (reply.is_wanted || !this.#hearsOf(request)) return toBusy(reply);
            await run(want, claimant.slice(0, 1));
        }
      }
    });
  }

  async #tryClaim(run: Run, text: string, values: readonly string[]): Promise<ClaimReply> {
    try {
      const [reply] = await run<ClaimReply>(text, values);
      return reply as ClaimReply;
    } catch (error) {
      // The owner came to stand in another entry while this one was taken for it.
      if (isDuplicate(readProperty(error, 'cause'))) return { outcome: 'undecided' };
      throw error;
    }
  }

  async renew(request: ClaimantRequest, ttl: number, { signal }: WaitOptions): Promise<boolean> {
    const values = [...claimantOf(request), String(ttl)];
    const renewed = await this.#within(signal, (run) => run(this.#statements.renew, values));
    return renewed.length > 0;
  }

  release(request: ReleaseRequest, { signal }: WaitOptions): Promise<boolean> {
    return this.#within(signal, async (run) => {
      const { release, releaseForGood } = this.#statements;
      const text = request.forGood ? releaseForGood : release;
      for (let had = false; ; ) {
        const [reply] = await this.#tell<ReleaseReply>(run, text, claimantOf(request));
        had ||= reply?.had === true;
        // Else a claim of the owner was granted something at the same moment.
        if (!request.forGood || reply?.is_retired) return had;
      }
    });
  }

  #hearsOf({ pool }: ClaimantRequest): boolean {
    return this.#listener.hearsOf(toStoredText(pool));
  }

  watch({ pool }: ClaimantRequest, wake: () => void): Watch {
    return this.#listener.watch(toStoredText(pool), wake);
  }

  async add({ pool, resources, again }: AddRequest, { signal }: WaitOptions): Promise<void> {
    const text = again ? this.#statements.add : this.#statements.addMissing;
    const ids = resources.map(({ id }) => toStoredText(id));
    const stored = resources.map(({ value }) => toStoredText(value));
    await this.#within(signal, (run) => this.#tell(run, text, [toStoredText(pool), ids, stored]));
  }

  async withdraw(pool: string, ids: readonly string[], { signal }: WaitOptions): Promise<void> {
    const values = [toStoredText(pool), ids.map(toStoredText)];
    await this.#within(signal, (run) => run(this.#statements.withdraw, values));
  }

  async inspect(pool: string, { signal }: WaitOptions): Promise<readonly ResourceState[]> {
    const rows = await this.#within(signal, (run) =>
      run<EntryRow>(this.#statements.inspect, [toStoredText(pool)]),
    );
    return rows.map(toState);
  }

  async close(): Promise<void> {
    await this.#listener.close();
    await this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #tell<Row>(run: Run, text: string, values: readonly Value[]): Promise<Row[]> {
    try {
      return await run<Row>(text, [...values, this.#channel]);
    } catch (error) {
      if (!isLimitExceeded(readProperty(error, 'cause'))) throw error;
      // The server's queue of notifications is full: those who wait find out by polling.
      return await run<Row>(text, [...values, null]);
    }
  }

  #within<T>(signal: AbortSignal | undefined, request: (run: Run) => Promise<T>): Promise<T> {
    return withinTime(this.#clock, signal, (cutOff) =>
      request((text, values) => this.#connection.run(text, values, { cutOff })),
    );
  }
}

type ClaimReply = GivenRow | BusyRow | UndecidedRow | { readonly outcome: 'retired' };

interface GivenRow {
  readonly outcome: 'given';
  readonly id: string;
  readonly value: string;
  readonly token: string;
}

interface BusyRow {
  readonly outcome: 'busy';
  /** Milliseconds, or Infinity. Null: nothing is held that will be handed out again. */
  readonly free_in: string | null;
  readonly is_wanted: boolean;
}

interface UndecidedRow {
  /** What is free is locked by others; or what the owner has is being changed. */
  readonly outcome: 'passed over' | 'undecided';
}

interface ReleaseReply {
  readonly had: boolean;
  readonly is_retired?: boolean;
}

interface EntryRow {
  readonly id: string;
  readonly value: string;
  readonly is_withdrawn: boolean;
  readonly token: string;
  readonly owner: string | null;
  /** Milliseconds since 1970. */
  readonly claimed_at: string;
  /** Milliseconds, or Infinity. */
  readonly expires_in: string;
}

function toClaimed({ id, value, token }: GivenRow): Claimed {
  return {
    granted: true,
    id: fromStoredText(id),
    value: fromStoredText(value),
    token: BigInt(token),
  };
}

function toBusy({ free_in }: BusyRow): Busy {
  const freeIn = Number(free_in ?? Number.POSITIVE_INFINITY);
  return { granted: false, freeIn: Number.isFinite(freeIn) ? Math.max(0, freeIn) : undefined };
}

function toState(row: EntryRow): ResourceState {
  const { owner, token, claimed_at, expires_in } = row;
  const claim = owner !== null && {
    owner: fromStoredText(owner),
    token: BigInt(token),
    claimedAt: Number(claimed_at),
    expiresIn: Number(expires_in),
  };
  return {
    id: fromStoredText(row.id),
    value: fromStoredText(row.value),
    withdrawn: row.is_withdrawn,
    claim: claim || undefined,
  };
}

function claimantOf({ pool, owner }: ClaimantRequest): string[] {
  return [toStoredText(pool), toStoredText(owner)];
}
