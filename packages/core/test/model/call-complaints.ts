/**
 * Checks in the journal that each handler was called as often as it must be, with the right values.
 * @module
 */
import { sameValue } from './compare.ts';
import { type Expected, everything } from './expected.ts';
import type { Journal } from './journal.ts';

/** Each handler: as often as the oracle says, in order, with the right values. */
export function* callComplaints(expected: Expected, journal: Journal): Generator<string> {
  const actions = everything(expected).filter(isAction);
  const byPath = new Map(everything(expected).map((record) => [record.path, record]));
  for (const { path, calls, inputs, item } of actions) {
    const made = journal.callsOf(path);
    if (made.length !== calls) yield `${path}: was called ${made.length} times, must be ${calls}`;
    for (const [position, call] of made.entries()) {
      if (call.attempt !== position + 1) yield `${path}: attempt ${call.attempt} came out of order`;
      if (!sameValue(call.values, inputs)) yield `${path}: its handler got other values`;
      if (item !== undefined && call.item !== item) yield `${path}: its handler got another item`;
      for (const { path: at, isBare, value } of call.seen) {
        const { status, outputs } = byPath.get(at) as Expected;
        const isRight = sameValue(value, isBare ? outputs : { status, outputs });
        if (!isRight) yield `${path}: its handler saw something else of ${at}`;
      }
      if (call.idempotencyKey !== made[0]?.idempotencyKey) yield `${path}: changes its key`;
    }
  }
  const called = new Set(journal.paths);
  const keys = new Set(journal.calls.map(({ idempotencyKey }) => idempotencyKey));
  if (keys.size < called.size) yield 'two actions have the same idempotency key';
  const wanted = new Set(actions.map(({ path }) => path));
  for (const path of called) {
    if (!wanted.has(path)) yield `${path}: was called although it must be Skipped`;
  }
}

function isAction({ calls }: Expected): boolean {
  return calls > 0;
}
