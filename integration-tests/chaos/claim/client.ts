/**
 * One claimant of one pool, and what it notes: the claims and returns in both modes, and the writes to what a
 * resource guards.
 *
 * Read next: session.ts and errand.ts, what is done with it in each mode.
 * @module
 */
import type { Pool, ResourceLease } from '@runafter/claim';
import { type Duration, type Random, systemClock } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import { type DocumentStore, type Fence, type StoredDocument, update } from '@runafter/optimistic';
import type { Guarded } from '../lock/backend.ts';
import { isRefusal } from '../lock/expected-faults.ts';
import type { Journal } from '../lock/journal.ts';
import type { Writer } from '../lock/operations.ts';
import type { ChaosOp, ChaosResult } from './operations.ts';
import { documentKey } from './task.ts';
import type { Vigil } from './vigil.ts';

/** What a claimant works with. */
export interface ClientTools {
  readonly pool: Pool<string>;
  readonly documents: DocumentStore<Guarded>;
  readonly journal: Journal<ChaosOp, ChaosResult>;
  readonly random: Random;
  readonly vigil: Vigil;
  /** Called when a write was accepted. */
  readonly onWrote: (key: string, token: bigint) => void;
  /** No other claimant of any process has it. */
  readonly name: string;
  /** Milliseconds, on the average. */
  readonly rest: number;
}

/** For how long a claim waits, and what ends it. */
export interface ClaimWaiting {
  readonly wait: Duration;
  readonly signal: AbortSignal;
}

export class Client {
  readonly name: string;
  readonly #tools: ClientTools;
  #writes = 0;

  constructor(tools: ClientTools) {
    this.name = tools.name;
    this.#tools = tools;
  }

  /** Does nothing for a while; ends early, and never rejects, when the signal aborts. */
  async rest(signal?: AbortSignal): Promise<void> {
    const { random, rest } = this.#tools;
    await systemClock.sleep(2 * random() * rest, { signal }).catch(() => {});
  }

  /** True so often, of one: for what is not done each time. */
  chance(share: number): boolean {
    return this.#tools.random() < share;
  }

  async lease(owner: string, options: ClaimWaiting): Promise<ResourceLease<string>> {
    const { pool } = this.#tools;
    let lease: ResourceLease<string> | undefined;
    await this.#record({ kind: 'claim', pool: pool.name, owner }, async () => {
      lease = await pool.claim({ mode: 'lease', ...options });
      return { resource: lease.resource, token: lease.token };
    });
    return lease as unknown as ResourceLease<string>;
  }

  /** Notes whether it was held until then. */
  async giveBack(owner: string, lease: ResourceLease<string>): Promise<void> {
    const pool = this.#tools.pool.name;
    const { resource } = lease;
    await this.#record({ kind: 'release', pool, owner, resource }, async () => {
      await lease.release();
      return hasCode(lease.signal.reason, 'LEASE_RELEASED');
    });
  }

  /** @returns whether it has something; false: the operation is over. */
  async assign(once: string, options: ClaimWaiting): Promise<boolean> {
    const { pool } = this.#tools;
    let isOver = false;
    await this.#record({ kind: 'claim', pool: pool.name, owner: once, once: true }, async () => {
      try {
        const { resource, token } = await pool.claim({ mode: 'assign', once, ...options });
        return { resource, token };
      } catch (error) {
        if (!hasCode(error, 'CLAIM_RETIRED')) throw error;
        isOver = true;
        return false;
      }
    });
    return !isOver;
  }

  /** That it had nothing may mean that an earlier try, whose reply was lost, has given it back. */
  async release(once: string): Promise<void> {
    const { pool } = this.#tools;
    await this.#record({ kind: 'release', pool: pool.name, owner: once, once: true }, async () =>
      (await pool.release(once)) ? true : undefined,
    );
  }

  /** For a while; and until the process was paused, when it is to be. */
  async keep(lease: ResourceLease<string>): Promise<void> {
    await this.rest();
    await this.#tools.vigil.keep(documentKey(this.#tools.pool.name, lease.resource), lease);
  }

  async read(resource: string): Promise<StoredDocument<Guarded> | undefined> {
    const key = documentKey(this.#tools.pool.name, resource);
    let document: StoredDocument<Guarded> | undefined;
    await this.#record({ kind: 'read', key }, async () => {
      document = await this.#tools.documents.read(key);
      return document?.value.written;
    });
    return document;
  }

  /** Writes whatever is there, or only in place of a document that was read. */
  async write(
    by: Writer,
    fence: Fence,
    resource: string,
    inPlaceOf?: StoredDocument<Guarded>,
  ): Promise<void> {
    const { pool, documents, onWrote } = this.#tools;
    const { token, owner } = fence;
    const key = documentKey(pool.name, resource);
    const value = `${this.name}.${++this.#writes}`;
    const op = { kind: 'write', key, value, fence: { token, owner }, by } as const;
    await this.#record(op, async () => {
      try {
        const written = { written: value };
        if (inPlaceOf === undefined) await update(documents, key, () => written, { fence });
        else await documents.replace(key, written, inPlaceOf, { fence });
        onWrote(key, token);
        return true;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // The store may have seen a newer token before it asked the lease, which has to be lost then.
        fence.assertHeld();
        return false;
      }
    });
  }

  #record<R extends ChaosResult>(op: ChaosOp, run: () => Promise<R>): Promise<R> {
    return this.#tools.journal.record(this.name, op, run);
  }
}
