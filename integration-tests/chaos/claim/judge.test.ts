/** What a history shows, and what it does not. */
import { describe, expect, it } from 'vitest';
import type { Writer } from '../lock/operations.ts';
import { judge } from './judge.ts';
import type { ChaosOp, ChaosResult } from './operations.ts';

const pool = 'pool-0';
const ok = (value: ChaosResult) => ({ status: 'ok', value }) as const;
const lost = { status: 'failed', error: 'lost' } as const;
const cutOff = { status: 'unknown' } as const;

type Outcome = ReturnType<typeof ok> | typeof lost | typeof cutOff;

/** An operation that takes effect at this time. */
function at(time: number, op: ChaosOp, outcome: Outcome) {
  const returned = outcome.status === 'unknown' ? Infinity : time + 0.5;
  return { client: `client ${time}`, op, invoked: time, returned, outcome };
}

const given = (resource: string, token: bigint) => ok({ resource, token });

const lease = (time: number, owner: string, outcome: Outcome) =>
  at(time, { kind: 'claim', pool, owner }, outcome);

const giveBack = (time: number, owner: string, wasHeld: boolean) =>
  at(time, { kind: 'release', pool, owner, resource: 'r0' }, ok(wasHeld));

const assign = (time: number, owner: string, outcome: Outcome) =>
  at(time, { kind: 'claim', pool, owner, once: true }, outcome);

const release = (time: number, owner: string, outcome: Outcome) =>
  at(time, { kind: 'release', pool, owner, once: true }, outcome);

function write(time: number, by: Writer, owner: string, token: bigint, outcome: Outcome) {
  const fence = { token, owner };
  return at(time, { kind: 'write', key: 'pool-0/r0', value: `at ${time}`, fence, by }, outcome);
}

describe('a lease', () => {
  it('that two hold at once is found', () => {
    const two = [lease(1, 'A', given('r0', 1n)), lease(2, 'B', given('r0', 2n))];
    const ends = [giveBack(3, 'A', true), giveBack(4, 'B', true)];
    expect(judge([...two, ...ends])).toMatchObject({ leased: 2, linearizable: false });
  });

  it('passes on without a release when its holder has lost it, or was killed', () => {
    const two = [lease(1, 'A', given('r0', 1n)), lease(2, 'B', given('r0', 2n))];
    expect(judge(two).linearizable).toBe(true);
    expect(judge([...two, giveBack(3, 'A', false)]).linearizable).toBe(true);
  });

  it('whose token is not greater than the last one is found', () => {
    const two = [lease(1, 'A', given('r0', 2n)), lease(3, 'B', given('r0', 2n))];
    expect(judge(two).linearizable).toBe(false);
  });

  it('may have been given to whoever was killed while it waited', () => {
    const killed = [lease(1, 'A', cutOff), lease(2, 'B', given('r0', 2n))];
    expect(judge(killed)).toMatchObject({ leased: 1, linearizable: true });
  });

  it('that is paused and wakes up is a zombie, whose writes have to be refused', () => {
    const succession = [
      lease(1, 'A', given('r0', 1n)),
      write(2, 'holder', 'A', 1n, ok(true)),
      lease(3, 'B', given('r0', 2n)),
      write(4, 'holder', 'B', 2n, ok(true)),
    ];
    const told = write(5, 'holder', 'A', 1n, lost);
    const zombie = (answer: boolean) => write(6, 'zombie', 'A', 1n, ok(answer));
    const seen = judge([...succession, told, zombie(false)]);
    expect(seen).toMatchObject({ zombies: 1, staleWritesAccepted: 0, believedTooLong: 0 });
    expect(seen.linearizable).toBe(true);
    const accepted = judge([...succession, told, zombie(true)]);
    expect(accepted).toMatchObject({ zombies: 1, staleWritesAccepted: 1, linearizable: false });
    const sent = judge([...succession, write(5, 'holder', 'A', 1n, ok(false))]);
    expect(sent).toMatchObject({ zombies: 0, believedTooLong: 1 });
  });
});

describe('an operation', () => {
  it('that is given the same again is one, also when its first claim was cut off', () => {
    const again = [assign(1, 'x', cutOff), assign(2, 'x', given('r0', 1n))];
    const seen = judge([...again, assign(3, 'x', given('r0', 1n)), release(4, 'x', ok(true))]);
    expect(seen).toMatchObject({ assigned: 1, givenTwo: [], linearizable: true });
  });

  it('that is given two resources is found', () => {
    const two = judge([assign(1, 'x', given('r0', 1n)), assign(2, 'x', given('r1', 1n))]);
    expect(two).toMatchObject({ linearizable: false });
    expect(two.givenTwo).toEqual(['"x" was given r0 and r1.']);
  });

  it('that gets something after its release is found', () => {
    const over = [assign(1, 'x', given('r0', 1n)), release(2, 'x', ok(undefined))];
    expect(judge([...over, assign(3, 'x', ok(false))]).linearizable).toBe(true);
    expect(judge([...over, assign(3, 'x', given('r0', 2n))]).linearizable).toBe(false);
  });

  it('whose resource somebody else gets before its release is found', () => {
    const taken = [assign(1, 'x', given('r0', 1n)), lease(2, 'A', given('r0', 2n))];
    expect(judge([...taken, release(3, 'x', ok(true))]).linearizable).toBe(false);
    const unsure = [assign(1, 'x', given('r0', 1n)), release(1.7, 'x', cutOff)];
    expect(judge([...unsure, lease(2, 'A', given('r0', 2n))]).linearizable).toBe(true);
  });
});

it('a resource that was withdrawn is handed out no more until it is added', () => {
  const withdraw = at(1, { kind: 'withdraw', pool, resources: ['r0'] }, ok(undefined));
  const add = at(3, { kind: 'add', pool, resources: ['r0'] }, ok(undefined));
  const claim = lease(5, 'A', given('r0', 1n));
  expect(judge([withdraw, claim]).linearizable).toBe(false);
  expect(judge([withdraw, add, claim]).linearizable).toBe(true);
});
