import { expect, test } from 'vitest';
import { duel } from '../src/harness/duel.ts';
import type { Side } from '../src/harness/work.ts';

/** A side whose work takes a fixed time on a clock that only moves when work is done. */
function virtualDuel() {
  let time = 0;
  const log: string[] = [];
  const side = (name: string, cost: number, units = 1): Side => ({
    units,
    expected: 'done',
    prepare: async () => () => {
      log.push(name);
      time += cost;
      return 'done';
    },
  });
  return { log, side, now: () => time, tidy: () => void log.push('tidy') };
}

test('alternates, and swaps who goes first, on a tidy heap', async () => {
  const { log, side, now, tidy } = virtualDuel();
  await duel(side('ours', 10), side('theirs', 10), {
    rounds: 3,
    warmUp: 20,
    roundTime: 10,
    now,
    tidy,
  });
  const afterWarmUp = log.slice(4);
  expect(afterWarmUp.filter((entry) => entry !== 'tidy')).toEqual([
    ...['ours', 'theirs'],
    ...['theirs', 'ours'],
    ...['ours', 'theirs'],
  ]);
  expect(afterWarmUp.filter((_entry, index) => index % 2 === 0)).toEqual(Array(6).fill('tidy'));
});

test('repeats short work until a round is long enough, and gives the time of one unit', async () => {
  const { log, side, now, tidy } = virtualDuel();
  const samples = await duel(side('ours', 4, 2), side('theirs', 100), {
    ...{ rounds: 2, warmUp: 0, roundTime: 20, now, tidy },
  });
  expect(samples).toEqual({ ours: [2, 2], theirs: [100, 100] });
  const inOneRound = log.slice(4).indexOf('theirs') - 2;
  expect(inOneRound).toBe(5);
});

test('warms each side up for the given time, and measures nothing of it', async () => {
  const { log, side, now, tidy } = virtualDuel();
  const samples = await duel(side('ours', 10), side('theirs', 30), {
    ...{ rounds: 1, warmUp: 90, roundTime: 1, now, tidy },
  });
  const warmUps = log.slice(0, log.indexOf('tidy'));
  expect(warmUps).toEqual([...Array(9).fill('ours'), ...Array(3).fill('theirs')]);
  expect(samples).toEqual({ ours: [10], theirs: [30] });
});

test('stops when the work was not done', async () => {
  const { side, now, tidy } = virtualDuel();
  const lazy: Side = { ...side('theirs', 1), prepare: async () => () => 'nothing' };
  await expect(
    duel(side('ours', 1), lazy, { rounds: 1, warmUp: 0, roundTime: 1, now, tidy }),
  ).rejects.toThrow('The work returned nothing in place of done.');
});

/** A side that notes when it is closed. */
function closing(base: Side, log: string[]): Side {
  return {
    ...base,
    async prepare(cleanup) {
      cleanup.defer(() => void log.push('closed'));
      return await base.prepare(cleanup);
    },
  };
}

test('closes what a side has opened, once, after the last round', async () => {
  const { log, side, now, tidy } = virtualDuel();
  await duel(closing(side('ours', 1), log), side('theirs', 1), {
    ...{ rounds: 2, warmUp: 0, roundTime: 1, now, tidy },
  });
  expect(log.indexOf('closed')).toBe(log.length - 1);
});

test('closes it also when the other side fails', async () => {
  const { log, side, now, tidy } = virtualDuel();
  const failing: Side = { ...side('theirs', 1), prepare: () => Promise.reject(new Error('No.')) };
  await expect(
    duel(closing(side('ours', 1), log), failing, {
      ...{ rounds: 1, warmUp: 0, roundTime: 1, now, tidy },
    }),
  ).rejects.toThrow('No.');
  expect(log.at(-1)).toBe('closed');
});
