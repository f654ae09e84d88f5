/** No side of a comparison is faster because it loses additions. */
import { expect, test } from 'vitest';
import { atOnce, type OpenTallies, oneByOne, sideBySide, tallyOf } from '../src/state/tally.ts';

/** A number in memory; of every so many additions, one is lost. */
function inMemory(losesEvery = Number.POSITIVE_INFINITY): OpenTallies {
  return async (clients) => {
    let sum = 0;
    let calls = 0;
    const add = async () => {
      calls++;
      if (calls % losesEvery !== 0) sum++;
    };
    return Array.from({ length: clients }, () => tallyOf(add, async () => sum));
  };
}

const sides = {
  'one by one': (open: OpenTallies) => oneByOne(open, 10),
  'at once': (open: OpenTallies) => atOnce(open, 10),
  'side by side': (open: OpenTallies) => sideBySide(open, { clients: 5, each: 2 }),
};

test.each(Object.entries(sides))('%s: what was added is there at the end', async (_way, side) => {
  const cleanup = new AsyncDisposableStack();
  const { prepare, units, expected } = side(inMemory());
  const work = await prepare(cleanup);
  expect(await work()).toBe(expected);
  expect(await work()).toBe(units);
  await cleanup.disposeAsync();
});

test.each(Object.entries(sides))('%s: a lost addition is noticed', async (_way, side) => {
  const cleanup = new AsyncDisposableStack();
  const work = await side(inMemory(20)).prepare(cleanup);
  await work();
  await work();
  await expect(cleanup.disposeAsync()).rejects.toThrow('20 were added, and the sum is 19.');
});

test('a client that waits has one addition under way, and others have theirs beside it', async () => {
  const underWay: number[] = [];
  let open = 0;
  const counting: OpenTallies = async (clients) => {
    const add = async () => {
      open++;
      underWay.push(open);
      await Promise.resolve();
      open--;
    };
    return Array.from({ length: clients }, () => tallyOf(add, async () => underWay.length));
  };
  const most = async (side: (open: OpenTallies) => ReturnType<typeof oneByOne>) => {
    underWay.length = 0;
    await using cleanup = new AsyncDisposableStack();
    await (await side(counting).prepare(cleanup))();
    return Math.max(...underWay);
  };
  expect(await most(sides['one by one'])).toBe(1);
  expect(await most(sides['at once'])).toBe(10);
  expect(await most(sides['side by side'])).toBe(5);
});
