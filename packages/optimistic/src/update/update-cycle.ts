/**
 * One cycle of an update: read, change, write; for one update or for many, each applied in turn to what
 * the one before it made.
 *
 * Invariant: a write that was sent and not answered is sent again as it was, with the same id and on the
 * same version, until it is answered. The ETag sees to it that it is done at most once. When the answer
 * is a conflict, the ids of the last writes tell whether it was a conflict with itself. A creation has no
 * ETag, so it is not sent again: it could be done twice, when somebody removes the document in between.
 * Read next: lost-reply.ts.
 * @module
 */
import { isTransient } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import { newWriteId } from '../document-facts.ts';
import type { DocumentStore, StoredDocument } from '../document-port.ts';
import { allSettled, type PendingUpdate } from './pending-update.ts';
import { waitTogether } from './retry-wait.ts';
import {
  type CycleEnd,
  type Doubt,
  type Step,
  settleDoubt,
  settleSteps,
  unchanged,
} from './settling.ts';
import { UpdateOptionError } from './update-errors.ts';

export class UpdateCycle<T> {
  readonly #store: DocumentStore<T>;
  readonly #key: string;
  readonly #batch: readonly PendingUpdate<T>[];
  /** Aborts when nobody waits for the cycle any more. */
  readonly #signal: AbortSignal;

  constructor(store: DocumentStore<T>, key: string, batch: readonly PendingUpdate<T>[]) {
    this.#store = store;
    this.#key = key;
    this.#batch = batch;
    this.#signal = allSettled(batch);
  }

  /** Never rejects. */
  async run(doubt: Doubt<T> | undefined): Promise<CycleEnd<T>> {
    let current: StoredDocument<T> | undefined;
    try {
      current = await this.#store.read(this.#key, { signal: this.#signal });
    } catch (error) {
      if (!isTransient(error)) return this.#failAll(error);
      for (const update of this.#batch) update.countTry(error);
      return { end: 'again', error, ...(doubt && { doubt }) };
    }
    if (doubt !== undefined) settleDoubt(doubt, current);
    for (const update of this.#batch) update.countTry();
    if (current !== undefined && this.#wasMadeBefore(current)) {
      const before = this.#batch.map((update) => unchanged(update, current.value));
      return settleSteps(before, { before: current.etag, after: undefined });
    }
    const steps = await this.#apply(current?.value);
    const next = steps.findLast(({ changed }) => changed);
    if (next === undefined) return settleSteps(steps, { before: current?.etag, after: undefined });
    return await this.#write(current, next.value as T, steps);
  }

  /** Whether the operation of an update with an id of its own has written before. */
  #wasMadeBefore({ writes }: StoredDocument<T>): boolean {
    const writeId = this.#batch[0]?.options.writeId;
    if (writeId === undefined) return false;
    if (writes !== undefined) return writes.includes(writeId);
    const fix = `needs a store that keeps the ids of writes, which ${this.#store.name} does not.`;
    for (const update of this.#batch) update.fail(new UpdateOptionError('once', fix));
    return true;
  }

  /** Applies each change to what the one before it made. One that fails, fails alone. */
  async #apply(current: T | undefined): Promise<Step<T>[]> {
    const steps: Step<T>[] = [];
    let value = current;
    let changes = 0;
    for (const update of this.#batch) {
      if (update.isSettled) continue;
      try {
        const own = await this.#copyFor(update, value);
        const made = await Promise.race([update.within(() => update.change(own)), update.settled]);
        if (update.isSettled) continue;
        const changed = made !== undefined;
        const next = await this.#copyFor(update, changed ? made : value);
        if (changed) {
          value = next;
          changes++;
        }
        steps.push({ update, value: next, changes, changed });
      } catch (error) {
        update.fail(error);
      }
    }
    return steps;
  }

  /** What somebody does to the object that he is given must not reach anybody else. */
  async #copyFor({ options }: PendingUpdate<T>, value: T | undefined): Promise<T | undefined> {
    if (value === undefined || options.pure) return value;
    return await this.#store.roundTrip(this.#key, value);
  }

  /** Sends the write until it is answered. */
  async #write(
    base: StoredDocument<T> | undefined,
    value: T,
    steps: readonly Step<T>[],
  ): Promise<CycleEnd<T>> {
    const writeId = this.#batch[0]?.options.writeId ?? newWriteId();
    for (let unanswered = 0; ; unanswered++) {
      let error: unknown;
      for (const { update, changed } of steps) update.inDoubt = changed;
      try {
        const after = await this.#send(base, value, writeId);
        return settleSteps(steps, { before: base?.etag, after });
      } catch (caught) {
        error = caught;
      }
      const wasUnanswered = unanswered > 0;
      if (isConflict(error)) return conflict({ writeId, base, steps }, error, wasUnanswered);
      const isUnanswered = hasCode(error, 'OUTCOME_UNKNOWN');
      if (!wasUnanswered && !isUnanswered) return this.#failed(error);
      if (base === undefined) {
        return { end: 'again', error, doubt: { writeId, base, steps } };
      }
      if (!isUnanswered && !isTransient(error)) return this.#failAll(error);
      for (const update of this.#batch) update.countTry(error);
      if (this.#batch.every((update) => update.isSettled)) return { end: 'done' };
      await waitTogether(this.#batch, unanswered + 1, error);
    }
  }

  #send(base: StoredDocument<T> | undefined, value: T, writeId: string): Promise<string> {
    const fence = this.#batch[0]?.options.fence;
    const options = { fence, writeId, signal: this.#signal };
    return base === undefined
      ? this.#store.create(this.#key, value, options)
      : this.#store.replace(this.#key, value, base, options);
  }

  /** After a write that was certainly not done. */
  #failed(error: unknown): CycleEnd<T> {
    for (const update of this.#batch) {
      update.inDoubt = false;
      update.lastError = error;
    }
    if (isTransient(error)) return { end: 'again', error };
    if (this.#batch.length === 1) return this.#failAll(error);
    for (const update of this.#batch) update.forgetTry();
    return { end: 'refused', error };
  }

  #failAll(error: unknown): CycleEnd<T> {
    for (const update of this.#batch) update.fail(error);
    return { end: 'done' };
  }
}

/** @param wasUnanswered - whether an earlier sending of it went unanswered. */
function conflict<T>(doubt: Doubt<T>, error: unknown, wasUnanswered: boolean): CycleEnd<T> {
  for (const { update } of doubt.steps) {
    update.conflicts++;
    update.lastError = error;
    update.inDoubt &&= wasUnanswered;
  }
  return { end: 'again', error, doubt };
}

/** Somebody else was faster. */
export function isConflict(error: unknown): boolean {
  return hasCode(error, 'ETAG_MISMATCH') || hasCode(error, 'DOCUMENT_EXISTS');
}
