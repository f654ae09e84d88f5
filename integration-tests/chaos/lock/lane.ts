/**
 * One lock, and the document that it guards: acquire, write, hold on for a while, write again, release; and
 * what a holder does that was paused meanwhile.
 *
 * Invariant: the second write goes out only if the lease says that it is held. When it is not, the same holder
 * writes all the same, with a fence that asks nobody: whatever the lock has done, the store has to refuse it.
 * @module
 */
import { type Random, systemClock } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import type { Lease, Lock } from '@runafter/lock';
import { type DocumentStore, type Fence, type StoredDocument, update } from '@runafter/optimistic';
import type { Guarded } from './backend.ts';
import { classify, isExpected, isRefusal } from './expected-faults.ts';
import type { Journal } from './journal.ts';
import type { ChaosOp, ChaosResult, Writer } from './operations.ts';
import { laneName } from './task.ts';
import type { Vigil } from './vigil.ts';

/** What a lane works with. */
export interface LaneTools {
  readonly lock: Lock;
  readonly documents: DocumentStore<Guarded>;
  readonly journal: Journal<ChaosOp, ChaosResult>;
  readonly vigil: Vigil;
  readonly random: Random;
  /** Of the process: no other one has it. */
  readonly process: string;
  /** Called when a write under this token was accepted. */
  readonly onWrote: (lane: number, token: bigint) => void;
}

/** How a lane works. */
export interface LanePace {
  readonly ttl: number;
  /** Milliseconds between two turns, on the average. */
  readonly rest: number;
  /** Milliseconds that a lock is held beside the time that the writes take, on the average. */
  readonly hold: number;
}

/** Milliseconds before a write that was not answered is tried again. */
const retryPause = 20;

export class Lane {
  readonly #lane: number;
  readonly #name: string;
  readonly #client: string;
  readonly #tools: LaneTools;
  readonly #pace: LanePace;
  #turns = 0;
  #writes = 0;

  constructor(lane: number, tools: LaneTools, pace: LanePace) {
    this.#lane = lane;
    this.#name = laneName(lane);
    this.#client = `${tools.process}/${lane}`;
    this.#tools = tools;
    this.#pace = pace;
  }

  /** One turn after the other, until the signal aborts. */
  async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#turn(signal);
      } catch (error) {
        if (!signal.aborted && !isExpected(error)) throw error;
      }
      await this.#rest(signal);
    }
  }

  async #rest(end: AbortSignal): Promise<void> {
    const { vigil, random } = this.#tools;
    const signal = AbortSignal.any([end, vigil.call]);
    await systemClock.sleep(2 * random() * this.#pace.rest, { signal }).catch(() => {});
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const owner = `${this.#client}#${++this.#turns}`;
    const lease = await this.#acquire(owner, signal);
    let zombies = 0;
    try {
      zombies = await this.#use(lease);
    } finally {
      await this.#release(owner, lease);
      this.#tools.vigil.isDone(this.#lane, zombies);
    }
  }

  /** @returns how many writes it has made after it was told that the lease is lost. */
  async #use(lease: Lease): Promise<number> {
    let document: StoredDocument<Guarded> | undefined;
    try {
      if (!(await this.#update('holder', lease))) return 0;
      this.#tools.onWrote(this.#lane, lease.token);
      document = await this.#read();
      await this.#hold(lease);
      // Here it is the store that asks the lease, before it sends anything.
      if (document !== undefined) await this.#replace('holder', lease, document);
      return 0;
    } catch (error) {
      if (!hasCode(error, 'LEASE_LOST')) throw error;
      return await this.#haunt(lease, document);
    }
  }

  async #hold(lease: Lease): Promise<void> {
    const { vigil, random } = this.#tools;
    await systemClock.sleep(2 * random() * this.#pace.hold);
    if (vigil.keeps(this.#lane)) await vigil.keep(this.#lane, lease);
  }

  /** Writes although the lease is lost: what it had in hand, and from what is there now. */
  async #haunt(lease: Lease, document: StoredDocument<Guarded> | undefined): Promise<number> {
    const { token, owner } = lease;
    const fence: Fence = { token, owner, assertHeld() {} };
    if (document !== undefined) {
      // Not again when it may have been done: it would be in its own way.
      const isNotDone = (error: unknown) => classify(error) === 'failed';
      await sendWhile(isNotDone, () => this.#replace('replay', fence, document));
    }
    await sendWhile(isExpected, () => this.#update('zombie', fence));
    return 1;
  }

  async #acquire(owner: string, signal: AbortSignal): Promise<Lease> {
    const { ttl } = this.#pace;
    let lease: Lease | undefined;
    await this.#record({ kind: 'acquire', name: this.#name, owner }, async () => {
      lease = await this.#tools.lock.acquire(this.#name, { ttl, signal, wait: '2m' });
      return lease.token;
    });
    return lease as unknown as Lease;
  }

  /** Notes whether it was held until then. */
  async #release(owner: string, lease: Lease): Promise<void> {
    const op = { kind: 'release', name: this.#name, owner, token: lease.token } as const;
    await this.#record(op, async () => {
      await lease.release();
      return hasCode(lease.signal.reason, 'LEASE_RELEASED');
    });
  }

  async #read(): Promise<StoredDocument<Guarded> | undefined> {
    let document: StoredDocument<Guarded> | undefined;
    await this.#record({ kind: 'read', key: this.#name }, async () => {
      document = await this.#tools.documents.read(this.#name);
      return document?.value.written;
    });
    return document;
  }

  #update(by: Writer, fence: Fence): Promise<boolean> {
    return this.#write(by, fence, (value) =>
      update(this.#tools.documents, this.#name, () => value, { fence }),
    );
  }

  #replace(by: Writer, fence: Fence, document: StoredDocument<Guarded>): Promise<boolean> {
    return this.#write(by, fence, (value) =>
      this.#tools.documents.replace(this.#name, value, document, { fence }),
    );
  }

  /** @returns whether it was accepted. */
  async #write(
    by: Writer,
    fence: Fence,
    send: (value: Guarded) => Promise<unknown>,
  ): Promise<boolean> {
    const { token, owner } = fence;
    const value = `${this.#client}#${this.#turns}.${++this.#writes}`;
    const op = { kind: 'write', key: this.#name, value, fence: { token, owner }, by } as const;
    return await this.#record(op, async () => {
      try {
        await send({ written: value });
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
    return this.#tools.journal.record(this.#client, op, run);
  }
}

/** Sends something until it is answered, or fails otherwise than in the way that is worth another try. */
async function sendWhile(
  isWorthIt: (error: unknown) => boolean,
  send: () => Promise<unknown>,
): Promise<void> {
  for (;;) {
    try {
      await send();
      return;
    } catch (error) {
      if (!isExpected(error)) throw error;
      if (!isWorthIt(error)) return;
    }
    await systemClock.sleep(retryPause);
  }
}
