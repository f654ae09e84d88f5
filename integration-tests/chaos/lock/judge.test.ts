/** What a history shows, and what it does not. */
import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import type { ChaosOp, ChaosResult, Writer } from './operations.ts';

const name = 'lane-0';
const ok = (value: ChaosResult) => ({ status: 'ok', value }) as const;
const lost = { status: 'failed', error: 'lost' } as const;
const cutOff = { status: 'unknown' } as const;

type Outcome = ReturnType<typeof ok> | typeof lost | typeof cutOff;

/** An operation that takes effect at this time. */
function at(time: number, op: ChaosOp, outcome: Outcome) {
  const returned = outcome.status === 'unknown' ? Infinity : time + 0.5;
  return { client: `client ${time}`, op, invoked: time, returned, outcome };
}

const acquire = (time: number, owner: string, token: bigint | undefined) =>
  at(time, { kind: 'acquire', name, owner }, token === undefined ? cutOff : ok(token));

const release = (time: number, owner: string, token: bigint, wasHeld: boolean) =>
  at(time, { kind: 'release', name, owner, token }, ok(wasHeld));

const write = (time: number, by: Writer, owner: string, token: bigint, outcome: Outcome) =>
  at(time, { kind: 'write', key: name, value: `at ${time}`, fence: { token, owner }, by }, outcome);

/** A is granted the lock and paused; B is granted it and writes. */
const succession = [
  acquire(1, 'A', 1n),
  write(2, 'holder', 'A', 1n, ok(true)),
  acquire(3, 'B', 2n),
  write(4, 'holder', 'B', 2n, ok(true)),
];
const told = write(5, 'holder', 'A', 1n, lost);

describe('a holder that wakes up', () => {
  it('is a zombie that the lock has told and the store has refused', () => {
    const awake = [
      told,
      write(6, 'replay', 'A', 1n, ok(false)),
      write(7, 'zombie', 'A', 1n, ok(false)),
      release(8, 'A', 1n, false),
      release(9, 'B', 2n, true),
    ];
    expect(judge([...succession, ...awake])).toMatchObject({
      ...{ zombies: 1, staleWritesAccepted: 0, linearizable: true, acquired: 2 },
      ...{ refusedByHolder: 1, refusedByStore: 2, believedTooLong: 0, killedHolders: 0 },
    });
  });

  it('is found when the store accepts what it writes', () => {
    const judgement = judge([...succession, told, write(6, 'zombie', 'A', 1n, ok(true))]);
    expect(judgement).toMatchObject({ zombies: 1, staleWritesAccepted: 1, linearizable: false });
    expect(judgement.explanation).toContain('<-- cannot be');
  });

  it('is found when its lease lets it write', () => {
    const sent = write(5, 'holder', 'A', 1n, ok(false));
    expect(judge([...succession, sent])).toMatchObject({ believedTooLong: 1, zombies: 0 });
  });

  it('is none as long as nobody else has written', () => {
    const alone = [...succession.slice(0, 3), told, write(6, 'zombie', 'A', 1n, ok(true))];
    expect(judge(alone)).toMatchObject({ zombies: 0, staleWritesAccepted: 0, linearizable: true });
  });

  it('may have sent a write before, the fate of which nobody knows', () => {
    const before = write(2.7, 'holder', 'A', 1n, cutOff);
    expect(judge([...succession, before])).toMatchObject({
      ...{ staleWritesAccepted: 0, believedTooLong: 0, linearizable: true },
    });
  });
});

describe('a lock', () => {
  it('that two hold at once is found', () => {
    const both = [...succession, release(5, 'A', 1n, true), release(6, 'B', 2n, true)];
    expect(judge(both).linearizable).toBe(false);
  });

  it('passes on without a release when its holder has lost it, or was killed', () => {
    expect(judge([...succession, release(5, 'A', 1n, false)]).linearizable).toBe(true);
    expect(judge(succession)).toMatchObject({ linearizable: true, killedHolders: 2 });
  });

  it('that ends with a connection may do so a moment before its holder releases it', () => {
    const both = [...succession, release(5, 'A', 1n, true), release(6, 'B', 2n, true)];
    expect(judge(both, true).linearizable).toBe(true);
  });

  it('whose tokens do not grow is found, also after a crash', () => {
    const back = [acquire(1, 'A', 2n), acquire(3, 'B', 1n)];
    expect(judge(back).linearizable).toBe(false);
    expect(judge(back, true).linearizable).toBe(false);
    expect(judge([acquire(1, 'A', 2n), acquire(3, 'B', 2n)]).linearizable).toBe(false);
  });

  it('may have been granted to whoever was killed while it waited', () => {
    const killed = [acquire(1, 'A', undefined), acquire(2, 'B', 2n)];
    expect(judge(killed)).toMatchObject({ linearizable: true, acquired: 1, killedWaiters: 1 });
  });
});
