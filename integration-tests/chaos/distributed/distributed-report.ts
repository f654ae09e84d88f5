/**
 * The results for programs and for people.
 * @module
 */
import { count } from '../harness/progress.ts';
import { textTable } from '../harness/text-table.ts';
import { type DistributedResult, faultsOf } from './results.ts';

/** What `--json` prints. */
export function toJson(results: readonly DistributedResult[]): object {
  return { stores: Object.fromEntries(results.map((result) => [result.name, storeJson(result)])) };
}

function storeJson(result: DistributedResult): object {
  const { runs, kills, lost, stuck, wrongStatus, duplicateEffects, otherWork } = result;
  const { storeFaults, leftInQueues, cuts, lostReplies, restarts } = result;
  const { calls, repeatedCalls, effects, undone, seconds, longestPause } = result;
  return {
    ...{ runs, kills, lost: lost.length, stuck: stuck.length, wrongStatus: wrongStatus.length },
    ...{ duplicateEffects: duplicateEffects.length, otherWork: otherWork.length },
    ...{ storeFaults: storeFaults.length, leftInQueues: leftInQueues.length },
    ...{ cuts, lostReplies, restarts, calls, repeatedCalls, effects, undone },
    ...{ seconds, longestPause },
  };
}

export function toText(results: readonly DistributedResult[]): string {
  const header = [
    ...['', 'runs', 'lost', 'stuck', 'wrong status', 'effects', 'undone', 'twice'],
    ...['calls repeated', 'kills', 'cuts', 'lost replies', 'restarts', 'seconds'],
  ];
  const isRight = results.every((result) => faultsOf(result).length === 0);
  return [
    'Random workflows on four workers that are killed, while connections break and Redis is restarted.',
    textTable(header, results.map(rowOf)),
    ...(isRight && results.length > 0
      ? ['', 'Every run ended once, as the oracle says, and every effect took place once.']
      : []),
  ].join('\n');
}

function rowOf(result: DistributedResult): string[] {
  const { name, runs, lost, stuck, wrongStatus, effects, undone, duplicateEffects } = result;
  const { repeatedCalls, kills, cuts, lostReplies, restarts, seconds } = result;
  const figures = [
    ...[runs, lost.length, stuck.length, wrongStatus.length, effects, undone],
    ...[duplicateEffects.length, repeatedCalls, kills, cuts, lostReplies, restarts],
  ];
  return [name, ...figures.map(count), seconds.toFixed(1)];
}
