import { expect, test } from 'vitest';
import { fixedCrew, updateItems } from '../src/throttle/office/update-job.ts';

test('every item is read and updated, and the time is that of the office', async () => {
  const told: number[] = [];
  const options = { items: 6, speed: 500, seed: 1, onUpdated: (done: number) => told.push(done) };
  const { seconds, calls, rejected } = await updateItems(fixedCrew(3), options);
  expect({ calls, rejected }).toEqual({ calls: 12, rejected: 0 });
  expect(told).toEqual([1, 2, 3, 4, 5, 6]);
  expect(seconds).toBeGreaterThan(5); // two items for each of three, of about 5 s
});
