/**
 * Small histories of every model for fast-check: few clients, few values, times that collide, results
 * that are right often enough to get far, and outcomes that nobody knows.
 * @module
 */
import fc from 'fast-check';
import type {
  CounterOp,
  CounterResult,
  FencedRegisterOp,
  FencedRegisterResult,
  Model,
  MutexOp,
  MutexResult,
  Operation,
  Outcome,
  PoolOp,
  PoolResult,
  RegisterOp,
  RegisterResult,
  SetOp,
  SetResult,
} from '../../src/index.ts';
import {
  counterModel,
  fencedRegisterModel,
  mutexModel,
  poolModel,
  registerModel,
  setModel,
} from '../../src/index.ts';

/** A model with the histories to try it on. */
export interface Family {
  readonly name: string;
  readonly model: Model<unknown, unknown, unknown>;
  readonly histories: fc.Arbitrary<Operation<unknown, unknown>[]>;
}

/** An operation with the results that it might have had. */
type Call<Op, Result> = readonly [Op, readonly Result[]];

const owners = ['A', 'B'] as const;
const keys = [undefined, 'x', 'y'] as const;

const register: Call<RegisterOp<number>, RegisterResult<number>>[] = keys.flatMap((name) => {
  const key = name === undefined ? {} : { key: name };
  return [
    ...[1, 2].map((value) => [{ kind: 'write', value, ...key }, [undefined]] as const),
    [{ kind: 'read', ...key }, [0, 1, 2]] as const,
    [{ kind: 'compareAndSet', expected: 1, value: 2, ...key }, [true, false]] as const,
  ];
});

const counter: Call<CounterOp, CounterResult>[] = [
  [{ kind: 'add', amount: 1n }, [undefined]],
  [{ kind: 'add', amount: -1n }, [undefined]],
  [{ kind: 'add', amount: 1n, once: 'a' }, [undefined]],
  [{ kind: 'addAndGet', amount: 1n, once: 'a' }, [0n, 1n, 2n]],
  [{ kind: 'addAndGet', amount: 2n }, [1n, 2n, 3n, 4n]],
  [{ kind: 'read' }, [0n, 1n, 2n]],
  [{ kind: 'reset' }, [undefined, 0n, 1n, 2n]],
  [{ kind: 'reset', expected: 1n, to: 2n }, [true, false]],
];

const mutex: Call<MutexOp, MutexResult>[] = owners.flatMap((owner) => [
  [{ kind: 'acquire', owner }, [undefined, 1n, 2n, 3n]] as const,
  [{ kind: 'release', owner }, [undefined, true, false]] as const,
  [{ kind: 'release', owner, token: 1n }, [true, false]] as const,
  [{ kind: 'expire', owner }, [undefined]] as const,
]);

const fences = [
  {},
  { fence: { token: 1n, owner: 'A' } },
  { fence: { token: 1n, owner: 'B' } },
  { fence: { token: 2n, owner: 'A' } },
];
const fencedRegister: Call<FencedRegisterOp<number>, FencedRegisterResult<number>>[] = [
  ...fences.map((fence, index) => {
    const value = index % 2;
    return [{ kind: 'write', value, ...fence }, [true, true, false]] as const;
  }),
  [{ kind: 'read' }, [0, 1]],
];

const set: Call<SetOp<string>, SetResult<string>>[] = [
  ...['a', 'b'].flatMap((value): Call<SetOp<string>, SetResult<string>>[] => [
    [{ kind: 'add', value }, [undefined, true, false]],
    [{ kind: 'remove', value }, [undefined, true, false]],
    [{ kind: 'contains', value }, [true, false]],
  ]),
  [{ kind: 'list' }, [[], ['a'], ['b'], ['b', 'a']]],
];

const pool: Call<PoolOp, PoolResult>[] = owners.flatMap((owner) => [
  [{ kind: 'claim', owner }, ['r1', 'r2', undefined]] as const,
  [{ kind: 'release', owner, resource: 'r1' }, [undefined, true, false]] as const,
  [{ kind: 'expire', resource: 'r1' }, [undefined]] as const,
]);

const once = true;
const poolOfOperations: Call<PoolOp, PoolResult>[] = [
  ...['A', 'B'].flatMap((owner): Call<PoolOp, PoolResult>[] => [
    [{ kind: 'claim', owner, once }, ['r1', { resource: 'r1', token: 1n }, 'r3', undefined, false]],
    [{ kind: 'release', owner, once }, [undefined, true, false]],
    [{ kind: 'expire', resource: 'r1', owner }, [undefined]],
  ]),
  [{ kind: 'claim', owner: 'C' }, ['r1', { resource: 'r1', token: 2n }, undefined]],
  [{ kind: 'add', resources: ['r1', 'r3'] }, [undefined]],
  [{ kind: 'withdraw', resources: ['r1'] }, [undefined]],
];

/** All models. */
export const families: readonly Family[] = [
  family('register', registerModel({ initial: 0 }), register),
  family('counter', counterModel(), counter),
  family('lock', mutexModel(), mutex),
  family('fenced register', fencedRegisterModel({ initial: 0 }), fencedRegister),
  family('set', setModel<string>(), set),
  family('pool', poolModel(['r1', 'r2']), pool),
  family('pool of operations', poolModel(['r1']), poolOfOperations),
];

function family<State, Op, Result>(
  name: string,
  model: Model<State, Op, Result>,
  calls: readonly Call<Op, Result>[],
): Family {
  const histories = fc.array(operationOf(calls), { minLength: 1, maxLength: 7 });
  return { name, model: model as Model<unknown, unknown, unknown>, histories };
}

/** Half of the operations have a partner at the same moment, so times collide often. */
function operationOf<Op, Result>(
  calls: readonly Call<Op, Result>[],
): fc.Arbitrary<Operation<unknown, unknown>> {
  return fc
    .record({
      client: fc.constantFrom('A', 'B', 'C'),
      call: fc
        .constantFrom(...calls)
        .chain(([op, results]) =>
          fc.record({ op: fc.constant(op), value: fc.constantFrom(...results) }),
        ),
      invoked: fc.nat({ max: 12 }),
      takes: fc.nat({ max: 6 }),
      status: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'unknown', 'failed'),
    })
    .map(({ client, call: { op, value }, invoked, takes, status }) => {
      const outcome = (status === 'ok' ? { status, value } : { status }) as Outcome<unknown>;
      const returned = status === 'unknown' ? Infinity : invoked + takes;
      return { client, op, invoked, returned, outcome };
    });
}
