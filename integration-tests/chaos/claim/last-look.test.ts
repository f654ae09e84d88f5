/** What has leaked in the end, and what the operations say that they have. */
import { expect, it } from 'vitest';
import { nextOperation } from './errand.ts';
import { type LastEntry, leaksIn } from './last-look.ts';
import type { ClaimingOperation } from './operations.ts';
import { resources } from './task.ts';

const pool = 'pool-0';
type Outcome = ClaimingOperation['outcome'];
const cutOff: Outcome = { status: 'unknown' };
const over: Outcome = { status: 'ok', value: undefined };
const given = (resource: string): Outcome => ({ status: 'ok', value: { resource, token: 1n } });

function operation(kind: 'claim' | 'release', owner: string, outcome: Outcome): ClaimingOperation {
  return { client: 'A', op: { kind, pool, owner, once: true }, invoked: 1, returned: 2, outcome };
}

function entries(holders: Record<string, string>, mode: 'assign' | 'lease' = 'assign') {
  return resources.map((resource): LastEntry => {
    const by = holders[resource];
    const claimedAt = new Date(0);
    const claim =
      by === undefined ? undefined : { mode, by, token: 1n, claimedAt, expiresIn: Infinity };
    return { pool, resource, withdrawn: false, claim };
  });
}

it('nothing has leaked when all is free, or held by an operation that may have it', () => {
  expect(leaksIn(entries({}), 1, [])).toEqual([]);
  const claimed = operation('claim', 'x', given('r1'));
  expect(leaksIn(entries({ r1: 'x' }), 1, [claimed])).toEqual([]);
  for (const outcome of [cutOff, given('r1')]) {
    const unsure = [operation('claim', 'x', outcome), operation('release', 'x', cutOff)];
    expect(leaksIn(entries({}), 1, unsure)).toEqual([]);
    expect(leaksIn(entries({ r1: 'x' }), 1, unsure)).toEqual([]);
  }
});

it('what is held by nobody who says so has leaked', () => {
  const claimed = operation('claim', 'x', given('r1'));
  const released = operation('release', 'x', over);
  const still = ['"r1" of "pool-0" is still assigned to "x".'];
  expect(leaksIn(entries({ r1: 'x' }), 1, [])).toEqual(still);
  expect(leaksIn(entries({ r1: 'x' }), 1, [claimed, released])).toEqual(still);
  expect(leaksIn(entries({ r1: 'web-1' }, 'lease'), 1, [])).toEqual([
    '"r1" of "pool-0" is still leased to "web-1".',
  ]);
});

it('an operation that has lost its resource is found, and one that has another', () => {
  const claimed = operation('claim', 'x', given('r1'));
  expect(leaksIn(entries({}), 1, [claimed])).toEqual(['"x" has lost "r1".']);
  expect(leaksIn(entries({ r2: 'x' }), 1, [claimed])).toEqual([
    '"r2" of "pool-0" is assigned to "x", which was given "r1".',
  ]);
});

it('a resource that is not there any more is found, and a pool', () => {
  const [first, ...others] = entries({});
  expect(leaksIn(others, 1, [])).toEqual(['"pool-0" has r1, r2, r3, r4, not r0, r1, r2, r3, r4.']);
  expect(leaksIn([first as LastEntry, first as LastEntry, ...others], 1, [])).toHaveLength(1);
  expect(leaksIn(entries({}), 2, [])).toEqual(['"pool-1" has nothing, not r0, r1, r2, r3, r4.']);
});

it('the next process goes on with the operation that is not known to be over', () => {
  const claim = (n: number, outcome: Outcome) => operation('claim', `e#${n}`, outcome);
  const release = (n: number, outcome: Outcome) => operation('release', `e#${n}`, outcome);
  const next = (...journal: ClaimingOperation[]) => nextOperation('e', journal);
  expect(next()).toBe(1);
  expect(next(claim(1, cutOff))).toBe(1);
  expect(next(claim(1, given('r0')), release(1, cutOff))).toBe(1);
  expect(next(claim(1, given('r0')), release(1, over))).toBe(2);
  expect(next(claim(1, given('r0')), release(1, over), claim(2, given('r0')))).toBe(2);
  expect(next(claim(2, cutOff), claim(2, { status: 'ok', value: false }))).toBe(3);
  expect(next(operation('claim', 'e2#7', cutOff))).toBe(1);
});
