/** What a person sees when a history cannot be. */
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import {
  type CheckOptions,
  checkHistory,
  counterModel,
  type Model,
  mutexModel,
  type Operation,
  poolModel,
  registerModel,
} from '../../src/index.ts';

/** An operation that returned. */
function ok<const Op, Result>(
  client: string,
  op: Op,
  invoked: number,
  returned: number,
  value: Result,
) {
  return { client, op, invoked, returned, outcome: { status: 'ok' as const, value } };
}

/** One whose reply was lost. */
function lost<const Op>(client: string, op: Op, invoked: number) {
  return { client, op, invoked, returned: Infinity, outcome: { status: 'unknown' as const } };
}

function explanationOf<State, Op, Result>(
  operations: readonly Operation<NoInfer<Op>, NoInfer<Result>>[],
  model: Model<State, Op, Result>,
  options?: CheckOptions<NoInfer<Op>>,
): string {
  const verdict = checkHistory(operations, model, options);
  if (verdict.linearizable === true) throw new Error('It is linearizable.');
  return verdict.explanation;
}

describe('the explanation of a history that cannot be', () => {
  it('shows a stale read with the writes that led up to it, and a write whose reply was lost', () => {
    const explanation = explanationOf(
      [
        ok('A', { kind: 'write', value: 7 }, 1, 3, undefined),
        lost('D', { kind: 'write', value: 9 }, 2),
        ok('B', { kind: 'write', value: 8 }, 4, 6, undefined),
        ok('A', { kind: 'read' }, 5, 9, 8),
        ok('C', { kind: 'read' }, 10, 12, 7),
      ],
      registerModel<number>({ initial: 0 }),
    );

    expect(explanation).toBe(
      `
Not linearizable: no order of these operations explains their results (register).

Before: the register holds 8.

  A  [ write 7 ]            |
  B             [ write 8 ] |
  C                         | [ read -> 7 ]  <-- cannot be
  D   [ write 9 ..........................?

C: read -> 7 has no place: whenever it can have taken effect, the register holds 8, or holds 9.
([ invoked, ] returned; | here the window begins; ? outcome unknown: it may have taken effect, or not)`.trimStart(),
    );
  });

  it('needs one operation for twenty increments that became one', () => {
    const adds = Array.from({ length: 20 }, (_, i) =>
      ok(`c${i}`, { kind: 'add', amount: 1n, once: `id-${i}` } as const, i, 40 + i, undefined),
    );
    const verdict = checkHistory(
      [...adds, ok('z', { kind: 'read' } as const, 100, 101, 6n)],
      counterModel({ initial: 5n }),
    );

    expect(verdict).toMatchObject({ linearizable: false, window: [{ client: 'z' }] });
    if (verdict.linearizable !== true) expect(verdict.explanation).toContain('the counter is 25.');
  });

  it('names the object among several, and leaves out what only looks on', () => {
    const read = { kind: 'read', key: 'y' } as const;
    const verdict = checkHistory(
      [
        ok('A', { kind: 'read', key: 'x' }, 0, 1, 0),
        ok('B', read, 2, 10, 0),
        ok('C', { kind: 'write', key: 'y', value: 1 }, 3, 9, undefined),
        ok('D', read, 4, 8, 2),
        ok('E', read, 5, 8.5, 1),
      ],
      registerModel<number>({ initial: 0 }),
    );

    expect(verdict).toMatchObject({
      linearizable: false,
      partition: 'y',
      culprit: { client: 'D' },
      window: [{ client: 'C' }, { client: 'D' }],
    });
    if (verdict.linearizable !== true) {
      expect(verdict.explanation).toContain("(register 'y')");
      expect(verdict.explanation).toContain('> returned later');
    }
  });

  it('tells of a lock with two holders and of a token that did not grow', () => {
    const acquire = (owner: string) => ({ kind: 'acquire', owner }) as const;
    const first = ok('A', acquire('A'), 1, 2, 5n);
    expect(explanationOf([first, ok('B', acquire('B'), 3, 4, 6n)], mutexModel())).toContain(
      'the lock is held by A, token 5n',
    );
    const released = ok('A', { kind: 'release', owner: 'A' } as const, 3, 4, true);
    expect(
      explanationOf([first, released, ok('B', acquire('B'), 5, 6, 5n)], mutexModel()),
    ).toContain('the lock is free, last token 5n');
  });

  it('tells of a resource with two owners, and of a pool that has one left', () => {
    const claim = (owner: string) => ({ kind: 'claim', owner }) as const;
    const first = ok('A', claim('A'), 1, 2, 'r1');
    const state = 'the pool has r1 held by A, free: r2';
    const pool = poolModel(['r1', 'r2']);
    expect(explanationOf([first, ok('B', claim('B'), 3, 4, 'r1')], pool)).toContain(state);
    expect(explanationOf([first, ok('B', claim('B'), 3, 4, undefined)], pool)).toContain(state);
  });

  it('gives a client whose reply was lost another row when it goes on', () => {
    const explanation = explanationOf(
      [lost('A', { kind: 'write', value: 1 }, 1), ok('A', { kind: 'read' }, 2, 3, 2)],
      registerModel<number>({ initial: 0 }),
    );

    expect(explanation.match(/^ {2}A {2}/gm)).toHaveLength(2);
  });
});

describe('a check that is not allowed enough', () => {
  const random = Array.from({ length: 12 }, (_, i) =>
    ok(`c${i}`, { kind: 'write', value: i } as const, i, 40 + i, undefined),
  );
  const impossible = [...random, ok('z', { kind: 'read' } as const, 100, 101, 99)];

  it('says that it does not know, and which bound to raise', () => {
    const verdict = checkHistory(impossible, registerModel<number>(), { mostConfigurations: 100 });

    expect(verdict).toMatchObject({ linearizable: 'unknown', exceeded: 'configurations' });
    expect(explanationOf(impossible, registerModel<number>(), { mostConfigurations: 100 })).toMatch(
      /^Undecided after \d+ steps: mostConfigurations does not suffice\./,
    );
  });

  it('ends when its time is over', () => {
    let now = 0;
    const clock = { ...virtualClock(), monotonic: () => (now += 600) };

    const verdict = checkHistory(impossible, registerModel<number>(), { timeLimit: '1s', clock });

    expect(verdict).toMatchObject({ linearizable: 'unknown', exceeded: 'time' });
  });

  it('refuses a bound that is none', () => {
    const check = () => checkHistory([], registerModel(), { mostConfigurations: 0 });

    expect(check).toThrow(/^mostConfigurations: 0 is not a number above 0/);
  });
});
