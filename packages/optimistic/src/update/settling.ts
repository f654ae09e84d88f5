/**
 * What the updates of a cycle are told, once it is known what became of their write.
 *
 * Invariant: an etag is only handed over with the value that it is the version of.
 * Read next: lost-reply.ts.
 * @module
 */
import type { StoredDocument } from '../document-port.ts';
import { fateOf } from './lost-reply.ts';
import type { PendingUpdate } from './pending-update.ts';

/** A write that was answered with a conflict, perhaps with itself; or a creation that was not answered. */
export interface Doubt<T> {
  readonly writeId: string;
  readonly base: StoredDocument<T> | undefined;
  readonly steps: readonly Step<T>[];
}

/** What an update has made of the value that it was given. */
export interface Step<T> {
  readonly update: PendingUpdate<T>;
  readonly value: T | undefined;
  /** How many changes have led to the value, this one included; 0 is what was read. */
  readonly changes: number;
  readonly changed: boolean;
}

/** How a cycle ended: for all its updates, to be tried again, or refused because of one of them. */
export interface CycleEnd<T> {
  readonly end: 'done' | 'again' | 'refused';
  readonly error?: unknown;
  readonly doubt?: Doubt<T>;
}

/** The step of an update that leaves the document as it is. */
export function unchanged<T>(update: PendingUpdate<T>, value: T): Step<T> {
  return { update, value, changes: 0, changed: false };
}

/** Tells each update what it has made, and the version that holds just that, where there is one. */
export function settleSteps<T>(
  steps: readonly Step<T>[],
  etags: { readonly before: string | undefined; readonly after: string | undefined },
): CycleEnd<T> {
  const versions = new Map([
    [steps.at(-1)?.changes, etags.after],
    [0, etags.before],
  ]);
  for (const { update, value, changed, changes } of steps) {
    const etag = versions.get(changes);
    update.resolve({ value: value as T, etag, changed, combined: steps.length });
  }
  return { end: 'done' };
}

/** After a write that was not answered for certain: tells its updates what the version of now says of it. */
export function settleDoubt<T>(doubt: Doubt<T>, now: StoredDocument<T> | undefined): void {
  const { writeId, base, steps } = doubt;
  switch (fateOf(writeId, base, now)) {
    case 'written': {
      const after = now?.writes?.latest === writeId ? now.etag : undefined;
      settleSteps(steps, { before: undefined, after });
      return;
    }
    case 'unknown':
      for (const { update } of steps) {
        if (!update.inDoubt) continue;
        if (!update.options.idempotent) update.giveUp();
        update.inDoubt = false;
        update.mayBeWritten = true;
      }
      return;
    case 'not-written':
      for (const { update } of steps) update.inDoubt = false;
  }
}
