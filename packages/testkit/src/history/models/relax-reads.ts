/**
 * Histories of counters whose reads are not one moment.
 * @module
 */
import type { Operation } from '../operation.ts';
import type { CounterOp, CounterResult } from './counter.ts';

/**
 * Makes a history for a counter whose reads are not one moment: those of a sharded counter, which reads
 * one shard after the other.
 *
 * Such a read must still see every add that returned before it began, and none that was invoked after
 * it ended. Of those in between it may see any. Without any in between it is exact. So each read
 * becomes two operations: one at the moment of its invocation and one at the moment of its return. What
 * adds in between can make of the result is bounded from below and above, which is exact when all
 * amounts are 1. A read during which a reset takes effect is not checked.
 *
 * @example
 * checkHistory(relaxReads(history.operations), counterModel());
 */
export function relaxReads(
  operations: readonly Operation<CounterOp, CounterResult>[],
): Operation<CounterOp, CounterResult>[] {
  return operations.flatMap((operation, read) => {
    const { client, op, invoked, returned, outcome } = operation;
    if (op.kind !== 'read' || outcome.status !== 'ok') return op.kind === 'read' ? [] : [operation];
    const key = op.key === undefined ? {} : { key: op.key };
    const begins: Operation<CounterOp, CounterResult> = {
      client,
      op: { kind: 'readBegins', read, ...key },
      invoked,
      returned: invoked,
      outcome: { status: 'ok', value: undefined },
    };
    const ends: Operation<CounterOp, CounterResult> = {
      client,
      op: { kind: 'readEnds', read, ...key },
      invoked: returned,
      returned,
      outcome,
    };
    return [begins, ends];
  });
}
