/**
 * The results for programs and for people.
 * @module
 */
import { count } from '../harness/progress.ts';
import { textTable } from '../harness/text-table.ts';
import { faultsOf, type LockResult } from './results.ts';

/** What `--json` prints. */
export function toJson(results: readonly LockResult[]): object {
  return {
    backends: Object.fromEntries(results.map((result) => [result.name, backendJson(result)])),
  };
}

function backendJson(result: LockResult): object {
  const { zombies, staleWritesAccepted, linearizable } = result;
  const { acquired, refusedByHolder, refusedByStore, believedTooLong } = result;
  const { kills, killedHolders, killedWaiters, lostReplies, seconds } = result;
  return {
    ...{ zombies, staleWritesAccepted, linearizable },
    ...{ acquired, refusedByHolder, refusedByStore, believedTooLong },
    ...{ kills, killedHolders, killedWaiters, lostReplies: lostReplies ?? 0, seconds },
  };
}

export function toText(results: readonly LockResult[]): string {
  const header = [
    ...['', 'zombies', 'told', 'refused', 'stale accepted', 'linearizable', 'acquired'],
    ...['kills', 'holders', 'waiters', 'lost replies', 'seconds'],
  ];
  const isRight = results.every((result) => faultsOf(result).length === 0);
  return [
    'Holders that were paused until others had written, and woke up: told by the lock, refused by the store.',
    textTable(header, results.map(rowOf)),
    ...results.flatMap(({ name, note }) => (note === undefined ? [] : [`\n${name}: ${note}`])),
    ...(isRight && results.length > 0 ? ['', 'No zombie has written anything.'] : []),
  ].join('\n');
}

function rowOf(result: LockResult): string[] {
  const { name, zombies, refusedByHolder, refusedByStore, staleWritesAccepted } = result;
  const { linearizable, acquired, kills, killedHolders, killedWaiters, lostReplies } = result;
  return [
    name,
    ...[zombies, refusedByHolder, refusedByStore, staleWritesAccepted].map(count),
    linearizable ? 'yes' : 'NO',
    ...[acquired, kills, killedHolders, killedWaiters].map(count),
    lostReplies === null ? '–' : count(lostReplies),
    result.seconds.toFixed(1),
  ];
}
