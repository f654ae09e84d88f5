/**
 * The results for programs and for people.
 * @module
 */
import { count } from '../harness/progress.ts';
import { textTable } from '../harness/text-table.ts';
import { type BackendResult, type Effort, faultsOf, journalFaults } from './results.ts';

/** What `--json` prints. */
export function toJson(results: readonly BackendResult[]): object {
  return {
    backends: Object.fromEntries(results.map((result) => [result.name, backendJson(result)])),
  };
}

function backendJson({ counter, document }: BackendResult): object {
  const { lost, doubled } = journalFaults(document);
  return {
    operations: counter.operations,
    sum: Number(counter.sum),
    kills: counter.kills,
    lostReplies: counter.lostReplies ?? 0,
    outages: counter.outages,
    ...effort(counter),
    document: {
      acknowledged: document.acknowledged.length,
      unknown: document.unknown.length,
      n: document.n,
      lost: lost.length,
      doubled: doubled.length,
      kills: document.kills,
      lostReplies: document.lostReplies ?? 0,
      outages: document.outages,
      ...effort(document),
    },
  };
}

function effort({ processes, seconds, longestPause }: Effort): Effort {
  return { processes, seconds, longestPause };
}

export function toText(results: readonly BackendResult[]): string {
  const counters = results.map(({ name, counter }) => [
    name,
    count(counter.operations),
    count(Number(counter.sum)),
    ...damage(counter),
  ]);
  const documents = results.map(({ name, document }) => [
    name,
    count(document.acknowledged.length),
    count(document.unknown.length),
    count(document.n),
    ...damage(document),
  ]);
  const shared = ['kills', 'lost replies', 'outages', 'seconds', 'longest pause'];
  const isRight = results.every((result) => faultsOf(result).length === 0);
  return [
    'One counter, many processes: the sum is the number of distinct operation ids.',
    textTable(['', 'operations', 'sum', ...shared], counters),
    '',
    'One document, many processes: it holds what was acknowledged, and each unknown one once or not.',
    textTable(['', 'acknowledged', 'unknown', 'n', ...shared], documents),
    ...results.flatMap(({ name, note }) => (note === undefined ? [] : [`\n${name}: ${note}`])),
    ...(isRight && results.length > 0 ? ['', 'Nothing was lost, and nothing counted twice.'] : []),
  ].join('\n');
}

function damage(result: BackendResult['counter' | 'document']): string[] {
  const { kills, lostReplies, outages, seconds, longestPause } = result;
  const network = lostReplies === null ? ['–', '–'] : [count(lostReplies), count(outages)];
  return [count(kills), ...network, seconds.toFixed(1), longestPause.toFixed(1)];
}
