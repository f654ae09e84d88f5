/** What the models hold for right and for wrong, where random histories do not tell. */
import { describe, expect, it } from 'vitest';
import {
  answered,
  type CounterOp,
  type CounterResult,
  checkHistory,
  counterModel,
  type FencedRegisterOp,
  fencedRegisterModel,
  type Model,
  mutexModel,
  type Operation,
  poolModel,
  registerModel,
  relaxReads,
  setModel,
} from '../../src/index.ts';

function ok<const Op, Result>(op: Op, invoked: number, returned: number, value: Result) {
  const client = `client ${invoked}`;
  return { client, op, invoked, returned, outcome: { status: 'ok' as const, value } };
}

function lost<const Op>(op: Op, invoked: number) {
  const outcome = { status: 'unknown' as const };
  return { client: `client ${invoked}`, op, invoked, returned: Infinity, outcome };
}

function says<State, Op, Result>(
  operations: readonly Operation<NoInfer<Op>, NoInfer<Result>>[],
  model: Model<State, Op, Result>,
) {
  return checkHistory(operations, model).linearizable;
}

describe('relaxed reads of a counter', () => {
  const add = (invoked: number, returned: number): Operation<CounterOp, CounterResult> =>
    ok({ kind: 'add', amount: 1n }, invoked, returned, undefined);
  const read = (invoked: number, returned: number, value: bigint) =>
    ok({ kind: 'read' } as const, invoked, returned, value);

  it('may see two concurrent adds in different orders, which reads at one moment may not', () => {
    // Both reads begin before and end after both adds; then one sees 2 although a later one saw 1.
    const history = [
      add(1, 2),
      read(0, 3, 1n),
      read(4, 9, 2n),
      add(5, 6),
      add(7, 8),
      read(10, 11, 3n),
    ];

    expect(says(relaxReads(history), counterModel())).toBe(true);
  });

  it('may go back while adds are on their way', () => {
    const history = [add(0, 9), read(1, 2, 1n), read(3, 4, 0n)];

    expect(says(history, counterModel())).toBe(false);
    expect(says(relaxReads([add(0, 9), read(1, 4, 1n), read(2, 5, 0n)]), counterModel())).toBe(
      true,
    );
  });

  it('must see every add that has returned, and none that was not invoked', () => {
    expect(says(relaxReads([add(0, 1), read(2, 3, 0n)]), counterModel())).toBe(false);
    expect(says(relaxReads([read(0, 1, 1n), add(2, 3)]), counterModel())).toBe(false);
    expect(says(relaxReads([add(0, 1), add(2, 5), read(3, 6, 3n)]), counterModel())).toBe(false);
  });

  it('are not checked when the counter is reset meanwhile', () => {
    const reset = ok({ kind: 'reset' } as const, 3, 4, undefined);

    expect(says(relaxReads([add(0, 1), reset, read(2, 5, 7n)]), counterModel())).toBe(true);
  });
});

describe('a counter', () => {
  it('counts an id once, also when its first reply was lost', () => {
    const add = { kind: 'add', amount: 5n, once: 'order-17' } as const;
    const read = (value: bigint) => ok({ kind: 'read' } as const, 5, 6, value);

    expect(says([lost(add, 1), ok(add, 2, 3, undefined), read(5n)], counterModel())).toBe(true);
    expect(says([lost(add, 1), ok(add, 2, 3, undefined), read(10n)], counterModel())).toBe(false);
  });

  it('is exact beyond 2^53', () => {
    const big = 2n ** 60n;
    const add = ok({ kind: 'add', amount: big } as const, 1, 2, undefined);
    const read = (value: bigint) => ok({ kind: 'read' } as const, 3, 4, value);

    expect(says([add, read(big)], counterModel())).toBe(true);
    expect(says([add, read(big + 1n)], counterModel())).toBe(false);
  });
});

it('a lock may pass on when the lease can have run out, and not before', () => {
  const acquire = (owner: string) => ({ kind: 'acquire', owner }) as const;
  const expire = { kind: 'expire', owner: 'A', token: 1n } as const;
  const first = ok(acquire('A'), 1, 2, 1n);

  expect(says([first, lost(expire, 3), ok(acquire('B'), 4, 5, 2n)], mutexModel())).toBe(true);
  expect(says([first, ok(acquire('B'), 4, 5, 2n), lost(expire, 6)], mutexModel())).toBe(false);
});

describe('a fenced register', () => {
  const model = fencedRegisterModel<string>();
  const write = (
    value: string,
    token: bigint,
    owner = `owner ${token}`,
  ): FencedRegisterOp<string> => ({
    kind: 'write',
    value,
    fence: { token, owner },
  });
  const read = (at: number, value: string) => ok({ kind: 'read' } as const, at, at + 1, value);

  it('refuses a smaller token than one that was accepted, and takes the same owner again', () => {
    const newer = ok(write('new', 2n), 1, 2, true);

    expect(says([newer, ok(write('old', 1n), 3, 4, false), read(5, 'new')], model)).toBe(true);
    expect(says([newer, ok(write('old', 1n), 3, 4, true)], model)).toBe(false);
    expect(says([newer, ok(write('again', 2n), 3, 4, true), read(5, 'again')], model)).toBe(true);
    expect(says([newer, ok(write('again', 2n), 3, 4, false)], model)).toBe(false);
  });

  it('refuses the same token of another owner, and a write without any', () => {
    const first = ok(write('a', 2n, 'A'), 1, 2, true);

    expect(says([first, ok(write('b', 2n, 'B'), 3, 4, true)], model)).toBe(false);
    expect(says([first, ok(write('b', 2n, 'B'), 3, 4, false)], model)).toBe(true);
    const plain = { kind: 'write', value: 'b' } as const;
    expect(says([first, ok(plain, 3, 4, true)], model)).toBe(false);
    expect(says([ok(plain, 1, 2, true), ok(write('a', 1n), 3, 4, true)], model)).toBe(true);
  });

  it('takes a write whose reply was lost at any later moment, but not after a greater token', () => {
    const late = lost(write('late', 1n), 1);
    const newer = ok(write('new', 2n), 2, 3, true);

    expect(says([late, read(4, 'late'), ok(write('new', 2n), 6, 7, true)], model)).toBe(true);
    expect(says([late, newer, read(4, 'late')], model)).toBe(false);
    expect(says([late, newer, read(4, 'new')], model)).toBe(true);
  });

  it('says what it holds and by which fence', () => {
    const verdict = checkHistory([ok(write('new', 2n, 'A'), 1, 2, true), read(3, 'old')], model);

    expect(verdict).toMatchObject({
      linearizable: false,
      explanation: expect.stringContaining("the fenced register holds 'new', token 2n of A"),
    });
  });
});

it('a claim whose reply was lost may have got any free resource, and only one', () => {
  const claim = (owner: string) => ({ kind: 'claim', owner }) as const;
  const pool = poolModel(['r1', 'r2']);

  expect(says([lost(claim('A'), 1), ok(claim('B'), 2, 3, 'r1')], pool)).toBe(true);
  expect(says([lost(claim('A'), 1), ok(claim('B'), 2, 3, 'r2')], pool)).toBe(true);
  expect(says([lost(claim('A'), 1), ok(claim('B'), 2, 3, undefined)], pool)).toBe(false);
});

describe('a pool', () => {
  const claim = (owner: string) => ({ kind: 'claim', owner, once: true }) as const;
  const release = (owner: string) => ({ kind: 'release', owner, once: true }) as const;
  const got = (resource: string, token: bigint) => ({ resource, token });
  const pool = poolModel(['r1', 'r2']);
  const claimed = ok(claim('A'), 1, 2, 'r1');

  it('gives an operation the same again, with the same token, and no other', () => {
    expect(says([claimed, ok(claim('A'), 3, 4, 'r1')], pool)).toBe(true);
    expect(says([claimed, ok(claim('A'), 3, 4, 'r2')], pool)).toBe(false);
    expect(says([claimed, ok(claim('A'), 3, 4, undefined)], pool)).toBe(false);
    const first = ok(claim('A'), 1, 2, got('r1', 7n));
    expect(says([first, ok(claim('A'), 3, 4, got('r1', 7n))], pool)).toBe(true);
    expect(says([first, ok(claim('A'), 3, 4, got('r1', 8n))], pool)).toBe(false);
  });

  it('gives an operation that was released nothing any more, and says so to no other', () => {
    const released = ok(release('A'), 3, 4, true);
    expect(says([claimed, released, ok(claim('A'), 5, 6, false)], pool)).toBe(true);
    expect(says([claimed, released, ok(claim('A'), 5, 6, 'r1')], pool)).toBe(false);
    expect(says([claimed, released, ok(claim('A'), 5, 6, undefined)], pool)).toBe(false);
    expect(says([claimed, released, ok(claim('B'), 5, 6, 'r1')], pool)).toBe(true);
    expect(says([claimed, ok(claim('B'), 5, 6, false)], pool)).toBe(false);
    // A claim that was held up may come before or after.
    expect(says([lost(claim('A'), 1), ok(release('A'), 2, 3, false)], pool)).toBe(true);
    expect(says([lost(claim('A'), 1), ok(release('A'), 2, 3, true)], pool)).toBe(true);
    expect(says([ok(release('A'), 2, 3, true), lost(claim('A'), 4)], pool)).toBe(false);
  });

  it('tells whether an operation had something when it was released', () => {
    expect(says([claimed, ok(release('A'), 3, 4, false)], pool)).toBe(false);
    expect(says([claimed, ok(release('B'), 3, 4, true)], pool)).toBe(false);
    const twice = [ok(release('A'), 3, 4, true), ok(release('A'), 5, 6, true)];
    expect(says([claimed, ...twice], pool)).toBe(false);
  });

  it('has tokens that grow, each resource its own', () => {
    const lease = (owner: string) => ({ kind: 'claim', owner }) as const;
    const first = ok(lease('A'), 1, 2, got('r1', 7n));
    const expired = lost({ kind: 'expire', resource: 'r1', owner: 'A' } as const, 3);
    expect(says([first, expired, ok(lease('B'), 4, 5, got('r1', 8n))], pool)).toBe(true);
    expect(says([first, expired, ok(lease('B'), 4, 5, got('r1', 7n))], pool)).toBe(false);
    expect(says([first, expired, ok(lease('B'), 4, 5, got('r2', 1n))], pool)).toBe(true);
  });

  it('lets the lease of one owner expire, and not that of the next', () => {
    const lease = (owner: string, at: number) =>
      ok({ kind: 'claim', owner } as const, at, at, 'r1');
    const expired = lost({ kind: 'expire', resource: 'r1', owner: 'A' } as const, 2);
    const one = poolModel(['r1']);
    expect(says([lease('A', 1), lease('B', 3)], one)).toBe(false);
    expect(says([lease('A', 1), expired, lease('B', 3)], one)).toBe(true);
    expect(says([lease('A', 1), expired, lease('B', 3), lease('C', 4)], one)).toBe(false);
  });

  it('hands out what was added, and not what was withdrawn, which its holder keeps', () => {
    const add = ok({ kind: 'add', resources: ['r3', 'r1'] } as const, 5, 6, undefined);
    const withdraw = ok({ kind: 'withdraw', resources: ['r1', 'r3'] } as const, 3, 4, undefined);
    const next = ok(claim('B'), 9, 10, 'r1');
    const released = ok(release('A'), 7, 8, true);
    expect(says([ok(claim('B'), 1, 2, 'r3'), add], pool)).toBe(false);
    expect(says([add, ok(claim('B'), 7, 8, 'r3')], pool)).toBe(true);
    expect(says([withdraw, ok(claim('B'), 5, 6, 'r1')], pool)).toBe(false);
    expect(says([claimed, withdraw, ok(claim('A'), 5, 6, 'r1'), released], pool)).toBe(true);
    expect(says([claimed, withdraw, released, next], pool)).toBe(false);
    expect(says([claimed, withdraw, add, released, next], pool)).toBe(true);
    expect(says([claimed, withdraw, add, next], pool)).toBe(false);
  });
});

it('a register compares values by what is in them', () => {
  const write = ok({ kind: 'write', value: { a: 1, b: [2n] } } as const, 1, 2, undefined);
  const read = (value: object) => ok({ kind: 'read' } as const, 3, 4, value);

  expect(says([write, read({ b: [2n], a: 1 })], registerModel<object>())).toBe(true);
  expect(says([write, read({ b: [2], a: 1 })], registerModel<object>())).toBe(false);
});

it('a set lists its values in any order, each once', () => {
  const add = (value: string, at: number) => ok({ kind: 'add', value } as const, at, at + 1, true);
  const list = (...values: string[]) => ok({ kind: 'list' } as const, 8, 9, values);

  expect(says([add('a', 1), add('b', 3), list('b', 'a')], setModel<string>())).toBe(true);
  expect(says([add('a', 1), add('b', 3), list('a', 'a', 'b')], setModel<string>())).toBe(false);
});

it('a model of your own needs a name, a beginning and a step', () => {
  const flag: Model<boolean, 'raise' | 'isRaised', boolean | undefined> = {
    name: 'flag',
    initial: () => false,
    step(raised, op, outcome) {
      if (op === 'raise') return [true];
      return answered<boolean | undefined>(outcome, raised) ? [raised] : [];
    },
  };
  const raise = ok('raise' as const, 1, 2, undefined);

  expect(says([raise, ok('isRaised' as const, 3, 4, true)], flag)).toBe(true);
  expect(says([raise, ok('isRaised' as const, 3, 4, false)], flag)).toBe(false);
});

it('a history of 100,000 operations overflows nothing', () => {
  const history = Array.from({ length: 100_000 }, (_, i) =>
    i % 2 === 0
      ? ok({ kind: 'add', amount: 1n, once: `id-${i}` } as const, i, i + 8.5, undefined)
      : ok({ kind: 'addAndGet', amount: 0n } as const, i, i + 0.5, BigInt((i + 1) / 2)),
  );

  expect(says(history, counterModel())).toBe(true);
  const wrong = ok({ kind: 'read' } as const, 200_000, 200_001, 49_999n);
  const verdict = checkHistory([...history, wrong], counterModel());
  expect(verdict).toMatchObject({ linearizable: false, window: [wrong] });
});
