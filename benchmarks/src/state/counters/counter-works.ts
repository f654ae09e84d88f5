/**
 * What is compared of each backend's counter: a client that waits for each addition, and a hundred additions
 * at once; without ids, and with them.
 * @module
 */
import type { Side, Target, Work } from '../../harness/work.ts';
import { atOnce, type OpenTallies, oneByOne } from '../tally.ts';
import type { Contest, Pairing } from './contest.ts';
import { memory } from './memory.ts';
import { mssql } from './mssql.ts';
import { postgres } from './postgres.ts';
import { redis } from './redis.ts';
import { sqlite, sqliteGrouped, sqliteNormal } from './sqlite.ts';

const contests = [redis, postgres, mssql, sqlite, sqliteGrouped, sqliteNormal, memory];

function worksOf({ backend, needs, target, additions, plain, once }: Contest): Work[] {
  const ways: Readonly<Record<string, (open: OpenTallies) => Side>> = {
    'one by one': (open) => oneByOne(open, additions),
    '100 at once': (open) => atOnce(open, 100),
  };
  const compare = (title: string, { ours, peer, theirs }: Pairing, goal: Target): Work[] =>
    Object.entries(ways).map(([way, sideOf]) => ({
      kind: 'duel',
      name: `${title}, ${way}`,
      unit: 'µs/addition',
      ours: sideOf(ours),
      peers: { [peer]: { ...sideOf(theirs), ...goal } },
      ...(needs && { needs }),
      long: goal.target === undefined,
    }));
  return [
    ...compare(`${backend} counter`, plain, target === undefined ? {} : { target }),
    ...compare(`${backend} counter with ids`, once, {}),
  ];
}

export const counterWorks: readonly Work[] = contests.flatMap(worksOf);
