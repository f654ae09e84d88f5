/**
 * Sends writes to the database: those of one run in the order of their calls, those of many runs together.
 *
 * Invariant: the writes of a run are under way in one batch at a time, so none overtakes another. What comes
 * meanwhile waits, and goes with the next batch: the longer the server takes, the more writes share one
 * transaction. It is the server that keeps each write whole, and answers it for itself.
 *
 * The queue is looked at by setImmediate and not in a microtask: then all promise chains have called what
 * they were about to.
 * @module
 */
import { readProperty, ServiceClosedError } from '@runafter/errors';
import type { RunCall } from './run-call.ts';

/** What is to be done with one run. */
export interface Visit {
  /** Its id, as it is stored. */
  readonly run: string;
  readonly calls: readonly RunCall[];
}

/** Does it all in one transaction; gives the answers in the order of the calls. */
export type SendVisits = (visits: readonly Visit[]) => Promise<readonly unknown[]>;

interface Write {
  readonly run: string;
  readonly call: RunCall;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Of different runs, each in a session of its own: while one waits for the disk, the next one is sent. */
const maxBatches = 2;

/** A batch ends after so many writes, or with the one that makes it as long as so many characters. */
const maxWrites = 500;
const maxCharacters = 1_000_000;

/** See the module's header. */
export class WriteQueue {
  readonly #service: string;
  readonly #send: SendVisits;
  /** What was not sent yet, by run. */
  readonly #waiting = new Map<string, Write[]>();
  /** Runs that are in a batch. */
  readonly #busy = new Set<string>();
  #batches = 0;
  #isLooking = false;
  #isClosed = false;
  #idle: Promise<void> | undefined;
  #whenIdle = () => {};

  constructor(service: string, send: SendVisits) {
    this.#service = service;
    this.#send = send;
  }

  /**
   * @param run - its id, as it is stored.
   * @returns what the function in the database answers.
   */
  write(run: string, call: RunCall): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new ServiceClosedError(this.#service));
    return new Promise((resolve, reject) => {
      const writes = this.#waiting.get(run) ?? [];
      writes.push({ run, call, resolve, reject });
      this.#waiting.set(run, writes);
      this.#lookSoon();
    });
  }

  /** Resolves when all that was written before is answered, and its callers have gone on. Takes nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#idle ??= new Promise((resolve) => {
      this.#whenIdle = () => setImmediate(resolve);
    });
    this.#lookSoon();
    await this.#idle;
  }

  #lookSoon(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    setImmediate(() => {
      this.#isLooking = false;
      this.#look();
    });
  }

  #look(): void {
    while (this.#batches < maxBatches) {
      const batch = this.#nextBatch();
      if (batch.length === 0) break;
      void this.#work(batch);
    }
    if (this.#batches === 0 && this.#waiting.size === 0) this.#whenIdle();
  }

  /** Of the runs that are free, those first that have waited longest. */
  #nextBatch(): Write[] {
    const batch: Write[] = [];
    let characters = 0;
    for (const [run, writes] of this.#waiting) {
      if (this.#busy.has(run)) continue;
      let taken = 0;
      for (const { call } of writes) {
        if (batch.length + taken === maxWrites || characters >= maxCharacters) break;
        characters += lengthOf(call);
        taken++;
      }
      batch.push(...writes.splice(0, taken));
      if (writes.length === 0) this.#waiting.delete(run);
      if (batch.length === maxWrites || characters >= maxCharacters) break;
    }
    return batch;
  }

  async #work(batch: readonly Write[]): Promise<void> {
    const runs = new Set(batch.map(({ run }) => run));
    for (const run of runs) this.#busy.add(run);
    this.#batches++;
    await this.#answer(batch);
    this.#batches--;
    for (const run of runs) this.#busy.delete(run);
    this.#look();
  }

  async #answer(batch: readonly Write[]): Promise<void> {
    const inOrder = byRun(batch);
    try {
      const answers = await this.#send(visitsOf(inOrder));
      for (const [index, { resolve }] of inOrder.entries()) resolve(answers[index]);
    } catch (error) {
      if (batch.length > 1 && readProperty(error, 'code') === 'SERVICE_REFUSED') {
        // All of it was rolled back because of one: the others are not to blame.
        for (const write of batch) await this.#answer([write]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }
}

/** Everybody takes the runs in one order, so nobody waits for somebody who waits for him. */
function byRun(batch: readonly Write[]): Write[] {
  return batch.toSorted((a, b) => (a.run < b.run ? -1 : Number(a.run > b.run)));
}

function visitsOf(batch: readonly Write[]): Visit[] {
  const visits: { run: string; calls: RunCall[] }[] = [];
  for (const { run, call } of batch) {
    const visit = visits.at(-1);
    if (visit?.run === run) visit.calls.push(call);
    else visits.push({ run, calls: [call] });
  }
  return visits;
}

function lengthOf(call: RunCall): number {
  let length = 0;
  for (const value of Object.values(call)) if (typeof value === 'string') length += value.length;
  return length;
}
