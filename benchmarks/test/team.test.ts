import { expect, test } from 'vitest';
import { startTeam } from '../src/harness/team.ts';

const member = new URL('programs/team-member.ts', import.meta.url);

test('a team works as often as it is told to, and each process answers for itself', async () => {
  await using cleanup = new AsyncDisposableStack();
  const work = await startTeam(member, [1, 2], cleanup);
  expect(await work()).toEqual([1, 2]);
  expect(await work()).toEqual([1, 2]);
});

test('a process that ends in the middle of its work fails the work, also the next one', async () => {
  await using cleanup = new AsyncDisposableStack();
  const work = await startTeam(member, ['fails'], cleanup);
  await expect(work()).rejects.toThrow('has ended with the exit code 3');
  await expect(work()).rejects.toThrow('has ended with the exit code 3');
});
