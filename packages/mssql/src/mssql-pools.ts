/**
 * Pools as rows of SQL Server, one for each resource, which name its owner: claimed, renewed and taken back by
 * procedures, one round trip each.
 *
 * Invariant: what has to be one step is one step in the server, so nothing here can come between.
 * Read next: pool-procedures.ts, who gets what; pool-statements.ts, what there is to get.
 * @module
 */

import type {
  AddRequest,
  ClaimantRequest,
  Claimed,
  ClaimRequest,
  PoolStore,
  ReleaseRequest,
  ResourceState,
  Retired,
  StoredResource,
} from '@runafter/claim';
import type { Clock, WaitOptions } from '@runafter/clock';
import { readProperty } from '@runafter/errors';
import type { Busy } from '@runafter/lock';
import { Connection } from './connection.ts';
import type { BatchParameters, MssqlClient, Parameter } from './mssql-client.ts';
import { isDuplicate } from './mssql-errors.ts';
import { insertNew, inspect, updateKnown, withdraw } from './pool-statements.ts';
import { quotedSchema } from './quoted-name.ts';
import { fromStoredText, toStoredText } from './stored-text.ts';

/** Options of {@link mssqlPools}. */
export interface MssqlPoolsOptions {
  /** The schema that was given to `migrate()`. Default `runafter`. */
  readonly databaseSchema?: string | undefined;
  /** By which the waits between tries are made; claims expire by the server's. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * A store of pools in SQL Server. Call `migrate()` before its first use.
 *
 * @param client - a connected pool of yours, or how to connect: options of `mssql`, or a connection string.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * const licences = pool(mssqlPools(client), 'licences', ['E5-001', 'E5-002']);
 */
export function mssqlPools(client: MssqlClient, options: MssqlPoolsOptions = {}): PoolStore {
  return new MssqlPools(client, options);
}

/** A request takes 2,100 parameters at most. */
const mostPerRequest = 500;

type ClaimRow =
  | { readonly state: 'claimed'; resource: string; value: string; token: string }
  | { readonly state: 'busy'; readonly free_in: string | null }
  | { readonly state: 'retired' };

/** The client gives a bigint as text, whole. */
interface ResourceRow {
  readonly resource: string;
  readonly value: string;
  readonly withdrawn: boolean;
  readonly token: string;
  readonly owner: string | null;
  readonly claimed_at: string;
  readonly expires_in: string | null;
}

class MssqlPools implements PoolStore {
  readonly name: string;
  readonly queues = false;
  readonly #connection: Connection;
  readonly #schema: string;

  constructor(client: MssqlClient, { databaseSchema = 'runafter', clock }: MssqlPoolsOptions) {
    this.name = `SQL Server pools "${databaseSchema}"`;
    this.#schema = quotedSchema(this.name, 'databaseSchema', databaseSchema);
    this.#connection = new Connection(this.name, client, clock);
  }

  async claim(request: ClaimRequest, options: WaitOptions): Promise<Claimed | Busy | Retired> {
    const [row] = await this.#connection.run<ClaimRow>(
      `EXEC ${this.#schema}.claim_resource @pool = @pool, @owner = @owner, @ttl_ms = @ttl_ms;`,
      { ...claimant(request), ttl_ms: toTtl(request.ttl) },
      options,
    );
    return toReply(answered(row));
  }

  async renew(request: ClaimantRequest, ttl: number, options: WaitOptions): Promise<boolean> {
    const [row] = await this.#connection.run<{ readonly renewed: string }>(
      `EXEC ${this.#schema}.renew_claim @pool = @pool, @owner = @owner, @ttl_ms = @ttl_ms;`,
      { ...claimant(request), ttl_ms: toTtl(ttl) },
      options,
    );
    return answered(row).renewed !== '0';
  }

  async release(request: ReleaseRequest, options: WaitOptions): Promise<boolean> {
    const [row] = await this.#connection.run<{ readonly released: string }>(
      `EXEC ${this.#schema}.release_resource @pool = @pool, @owner = @owner, @for_good = @for_good;`,
      { ...claimant(request), for_good: { bigint: request.forGood ? 1n : 0n } },
      options,
    );
    return answered(row).released !== '0';
  }

  async add({ pool, resources, again }: AddRequest, options: WaitOptions): Promise<void> {
    for (const some of inParts(resources)) {
      const insert = insertNew(this.#schema, some.length);
      const statements = again ? updateKnown(this.#schema, some.length) + insert : insert;
      await this.#put(pool, some, statements, options);
    }
  }

  async withdraw(pool: string, ids: readonly string[], options: WaitOptions): Promise<void> {
    for (const some of inParts(ids)) {
      const parameters = { pool: named(pool), ...numbered('id', some, named) };
      await this.#connection.run(withdraw(this.#schema, some.length), parameters, options);
    }
  }

  async inspect(pool: string, options: WaitOptions): Promise<readonly ResourceState[]> {
    const parameters = { pool: named(pool) };
    const rows = await this.#connection.run<ResourceRow>(
      inspect(this.#schema),
      parameters,
      options,
    );
    return rows.map(toState).filter(({ withdrawn, claim }) => !withdrawn || claim !== undefined);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Who adds the same at the same time may win: then it is found. */
  async #put(
    pool: string,
    resources: readonly StoredResource[],
    statements: string,
    options: WaitOptions,
  ): Promise<void> {
    const parameters = {
      pool: named(pool),
      ...numbered('id', resources, ({ id }) => named(id)),
      ...numbered('value', resources, ({ value }) => ({
        text: toStoredText(value),
        length: 'max',
      })),
    };
    for (;;) {
      try {
        await this.#connection.run(statements, parameters, options);
        return;
      } catch (error) {
        if (!isDuplicate(readProperty(error, 'cause'))) throw error;
      }
    }
  }
}

function claimant({ pool, owner }: ClaimantRequest): BatchParameters {
  return { pool: named(pool), owner: named(owner) };
}

/** 200 characters, of which each may be kept as two. */
function named(text: string): Parameter {
  return { text: toStoredText(text), length: 400 };
}

function toTtl(ttl: number): Parameter {
  return { bigint: Number.isFinite(ttl) ? BigInt(Math.ceil(ttl)) : null };
}

function numbered<T>(
  name: string,
  items: readonly T[],
  toParameter: (item: T) => Parameter,
): BatchParameters {
  return Object.fromEntries(items.map((item, n) => [`${name}_${n}`, toParameter(item)]));
}

function inParts<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / mostPerRequest);
  return Array.from({ length: count }, (_, part) =>
    items.slice(part * mostPerRequest, (part + 1) * mostPerRequest),
  );
}

function toReply(row: ClaimRow): Claimed | Busy | Retired {
  switch (row.state) {
    case 'claimed': {
      const { resource, value, token } = row;
      return {
        granted: true,
        id: fromName(resource),
        value: fromStoredText(value),
        token: BigInt(token),
      };
    }
    case 'busy':
      return { granted: false, freeIn: row.free_in === null ? undefined : Number(row.free_in) };
    case 'retired':
      return { granted: false, retired: true };
  }
}

/** What has expired is nobody's. */
function toState({ resource, value, withdrawn, token, ...claim }: ResourceRow): ResourceState {
  const { owner, claimed_at: claimedAt, expires_in: left } = claim;
  const stored = { id: fromName(resource), value: fromStoredText(value), withdrawn };
  const expiresIn = left === null ? Number.POSITIVE_INFINITY : Number(left);
  if (owner === null || expiresIn <= 0) return { ...stored, claim: undefined };
  return {
    ...stored,
    claim: {
      owner: fromName(owner),
      token: BigInt(token),
      claimedAt: Number(claimedAt),
      expiresIn,
    },
  };
}

/** Without the end mark. */
function fromName(stored: string): string {
  return fromStoredText(stored.slice(0, -1));
}

function answered<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new TypeError('A procedure of runafter has answered with no row.');
  return row;
}
