/**
 * The results for programs and for people.
 * @module
 */
import { count } from '../harness/progress.ts';
import { textTable } from '../harness/text-table.ts';
import { type ClaimResult, faultsOf } from './results.ts';

/** What `--json` prints. */
export function toJson(results: readonly ClaimResult[]): object {
  return {
    backends: Object.fromEntries(results.map((result) => [result.name, backendJson(result)])),
  };
}

function backendJson(result: ClaimResult): object {
  const { leased, assigned, givenTwo, leaks, linearizable } = result;
  const { zombies, staleWritesAccepted, believedTooLong, kills, lostReplies, seconds } = result;
  return {
    ...{ leased, assigned, givenTwo: givenTwo.length, leaked: leaks.length, linearizable },
    ...{ zombies, staleWritesAccepted, believedTooLong },
    ...{ kills, lostReplies: lostReplies ?? 0, seconds },
  };
}

export function toText(results: readonly ClaimResult[]): string {
  const header = [
    ...['', 'leased', 'assigned', 'given two', 'leaked', 'linearizable'],
    ...['zombies', 'stale accepted', 'kills', 'lost replies', 'seconds'],
  ];
  const isRight = results.every((result) => faultsOf(result).length === 0);
  return [
    'Resources of pools, claimed by processes that are killed and paused, while replies get lost and resources come and go.',
    textTable(header, results.map(rowOf)),
    ...results.flatMap(({ name, note }) => (note === undefined ? [] : [`\n${name}: ${note}`])),
    ...(isRight && results.length > 0
      ? ['', 'No resource had two holders, no operation two resources, and nothing has leaked.']
      : []),
  ].join('\n');
}

function rowOf(result: ClaimResult): string[] {
  const { name, leased, assigned, givenTwo, leaks, linearizable } = result;
  const { zombies, staleWritesAccepted, kills, lostReplies, seconds } = result;
  return [
    name,
    ...[leased, assigned, givenTwo.length, leaks.length].map(count),
    linearizable ? 'yes' : 'NO',
    ...[zombies, staleWritesAccepted, kills].map(count),
    lostReplies === null ? '–' : count(lostReplies),
    seconds.toFixed(1),
  ];
}
