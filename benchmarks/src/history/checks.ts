/**
 * How long the check of a history takes: the first check of a process, before the JIT compiler knows it, as a test
 * run has it. Making the history is not measured.
 * @module
 */
import type { Model, RegisterOp, RegisterResult } from '@runafter/testkit';
import type { Measure, Work } from '../harness/work.ts';
import { counterHistory, registerHistory, type Simulation } from './simulated-history.ts';

const tenThousand: Simulation = { operations: 10_000, clients: 10 };
const aSecond = { name: 'a second', value: 1_000 };

/** Times one check, which must say what is expected. */
function timed(prepare: () => Promise<() => boolean | 'unknown'>, expected: boolean): Measure {
  return async () => {
    const check = await prepare();
    const start = performance.now();
    const verdict = check();
    const ms = performance.now() - start;
    if (verdict !== expected) throw new Error(`The check said ${verdict}.`);
    return ms;
  };
}

function register(simulation: Simulation, keys: number): Measure {
  return timed(async () => {
    const { checkHistory, registerModel } = await import('@runafter/testkit');
    const history = registerHistory(simulation, keys);
    return () => checkHistory(history, registerModel({ initial: 0 })).linearizable;
  }, true);
}

/** All keys in one state, which the check cannot take apart. */
function oneObject(simulation: Simulation, keys: number): Measure {
  return timed(async () => {
    const { checkHistory, registerModel } = await import('@runafter/testkit');
    const history = registerHistory(simulation, keys);
    const { step, onlyLooks } = registerModel({ initial: 0 });
    const model: Model<Record<string, number>, RegisterOp<number>, RegisterResult<number>> = {
      name: 'registers',
      initial: () => ({}),
      step(values, op, outcome) {
        const { key = '' } = op;
        return step(values[key] ?? 0, op, outcome).map((value) => ({ ...values, [key]: value }));
      },
      key: (values) => JSON.stringify(Object.entries(values).sort()),
      onlyLooks: (op, outcome) => onlyLooks?.(op, outcome) ?? false,
    };
    return () => checkHistory(history, model).linearizable;
  }, true);
}

function counter(simulation: Simulation): Measure {
  return timed(async () => {
    const { checkHistory, counterModel } = await import('@runafter/testkit');
    const history = counterHistory(simulation);
    return () => checkHistory(history, counterModel()).linearizable;
  }, true);
}

/**
 * One read, nine tenths into the history, got what was never there: all orders are looked at, and the
 * window is found.
 */
function impossibleRead(): Measure {
  return timed(async () => {
    const { checkHistory, registerModel } = await import('@runafter/testkit');
    const history = registerHistory(tenThousand, 1);
    const isRead = ({ op, outcome }: (typeof history)[0]) =>
      op.kind === 'read' && outcome.status === 'ok';
    const place = history.findIndex((operation, index) => index > 9_000 && isRead(operation));
    const wrong = history.map((operation, index) =>
      index === place ? { ...operation, outcome: { status: 'ok', value: -1 } as const } : operation,
    );
    return () => checkHistory(wrong, registerModel({ initial: 0 })).linearizable;
  }, false);
}

const unit = 'ms';
const kind = 'probe';

export const checkWorks: readonly Work[] = [
  {
    kind,
    unit,
    name: 'register, 100 keys, 10,000 operations of 10 clients',
    ours: register(tenThousand, 100),
    peers: { 'not partitioned': { measure: oneObject(tenThousand, 100) } },
    bound: aSecond,
  },
  {
    kind,
    unit,
    name: 'register, 1 key, 10,000 operations of 10 clients',
    ours: register(tenThousand, 1),
    peers: {},
    bound: aSecond,
  },
  {
    kind,
    unit,
    name: 'register, 1 key, one impossible read, with its window',
    ours: impossibleRead(),
    peers: {},
    bound: { name: 'five seconds', value: 5_000 },
  },
  {
    kind,
    unit,
    name: 'counter, 10,000 operations of 10 clients',
    ours: counter(tenThousand),
    peers: {},
    bound: aSecond,
  },
  {
    kind,
    unit,
    name: 'counter, 10,000 operations, 1 % of the replies lost',
    ours: counter({ ...tenThousand, lost: 0.01 }),
    peers: {},
    bound: aSecond,
  },
  {
    kind,
    unit,
    name: 'register, 1 key, 100,000 operations of 10 clients',
    ours: register({ operations: 100_000, clients: 10 }, 1),
    peers: {},
    bound: { name: 'ten seconds', value: 10_000 },
  },
];
