/**
 * What clients do with each kind of object, and the check of what they saw.
 * @module
 */
import {
  type CounterOp,
  type CounterResult,
  checkHistory,
  counterModel,
  type FencedRegisterOp,
  type FencedRegisterResult,
  fencedRegisterModel,
  type MutexOp,
  type MutexResult,
  mutexModel,
  type PoolOp,
  type PoolResult,
  poolModel,
  type RegisterOp,
  type RegisterResult,
  registerModel,
  type SetOp,
  type SetResult,
  setModel,
  type Verdict,
} from '../../src/index.ts';
import { type Hop, ReplyLostError, runClients } from './clients.ts';
import type {
  AtomicCounter,
  FencedRegister,
  Pool,
  Register,
  StringSet,
  TokenLock,
} from './objects.ts';

const rounds = 6;

/** Runs clients in the order of a seed: why their history cannot be, or undefined when it can. */
export type Workload = (seed: number) => Promise<string | undefined>;

/** Adds, reads and resets; some replies get lost, and the client tries again with the same id. */
export const onCounter =
  (make: (hop: Hop) => AtomicCounter): Workload =>
  async (seed) => {
    const { operations } = await runClients<AtomicCounter, CounterOp, CounterResult>({
      seed,
      count: 4,
      make,
      async client(name, { shared, history, pick }) {
        for (let round = 0; round < rounds; round++) {
          const kind = pick(6);
          if (kind === 0) {
            await history.record(name, { kind: 'read' }, () => shared.read());
          } else if (kind === 1) {
            await history.record(name, { kind: 'reset' }, () => shared.reset());
          } else {
            const once = `${name}${round}`;
            const op: CounterOp = { kind: 'addAndGet', amount: 1n, once };
            const add = () => shared.addAndGet(1n, once);
            if (pick(4) === 0) await history.record(name, op, () => loseReply(add)).catch(ignore);
            await history.record(name, op, add);
          }
        }
      },
    });
    return failureOf(checkHistory(operations, counterModel()));
  };

/** Reads, writes and compares. */
export const onRegister =
  (make: (hop: Hop) => Register<number>): Workload =>
  async (seed) => {
    const { operations } = await runClients<
      Register<number>,
      RegisterOp<number>,
      RegisterResult<number>
    >({
      seed,
      count: 4,
      make,
      async client(name, { shared, history, pick }) {
        for (let round = 0; round < rounds; round++) {
          const kind = pick(4);
          const value = pick(4);
          if (kind < 2) {
            await history.record(name, { kind: 'read' }, () => shared.read(name));
          } else if (kind === 2) {
            const op = { kind: 'write', value } as const;
            await history.record(name, op, () => shared.write(value).then(() => undefined));
          } else {
            const expected = pick(4);
            const op = { kind: 'compareAndSet', expected, value } as const;
            await history.record(name, op, () => shared.compareAndSet(expected, value));
          }
        }
      },
    });
    return failureOf(checkHistory(operations, registerModel({ initial: 0 })));
  };

/** One client writes pairs, the others read them. */
export const onPairs =
  (make: (hop: Hop) => Register<string>): Workload =>
  async (seed) => {
    const { operations } = await runClients<
      Register<string>,
      RegisterOp<string>,
      RegisterResult<string>
    >({
      seed,
      count: 3,
      make,
      async client(name, { shared, history, pick }) {
        for (let round = 0; round < rounds; round++) {
          const value = String(pick(10)).repeat(2);
          if (name === 'A') {
            const op = { kind: 'write', value } as const;
            await history.record(name, op, () => shared.write(value).then(() => undefined));
          } else {
            await history.record(name, { kind: 'read' }, () => shared.read(name));
          }
        }
      },
    });
    return failureOf(checkHistory(operations, registerModel({ initial: '00' })));
  };

/** Tries to acquire, and releases what it has got. */
export const onLock =
  (make: (hop: Hop) => TokenLock): Workload =>
  async (seed) => {
    const { operations } = await runClients<TokenLock, MutexOp, MutexResult>({
      seed,
      count: 3,
      make,
      async client(owner, { shared, history, hop }) {
        for (let round = 0; round < rounds; round++) {
          const acquire = { kind: 'acquire', owner } as const;
          const token = await history.record(owner, acquire, () => shared.tryAcquire(owner));
          await hop();
          if (token === undefined) continue;
          await history.record(owner, { kind: 'release', owner }, () => shared.release(owner));
        }
      },
    });
    return failureOf(checkHistory(operations, mutexModel()));
  };

/** Is granted the lock, writes under it again and again although others were granted it since, and reads. */
export const onFencedRegister =
  (make: (hop: Hop) => FencedRegister): Workload =>
  async (seed) => {
    const { operations } = await runClients<
      FencedRegister,
      FencedRegisterOp<number>,
      FencedRegisterResult<number>
    >({
      seed,
      count: 3,
      make,
      async client(name, { shared, history, pick }) {
        for (let round = 0; round < rounds / 2; round++) {
          const fence = await shared.grant(name);
          for (const value of [pick(9), pick(9)]) {
            const op = { kind: 'write', value, fence } as const;
            await history.record(name, op, () => shared.write(value, fence));
          }
          await history.record(name, { kind: 'read' }, () => shared.read());
        }
      },
    });
    return failureOf(checkHistory(operations, fencedRegisterModel({ initial: 0 })));
  };

const resources = ['r1', 'r2', 'r3'];

/** Claims, and releases what it has got. */
export const onPool =
  (make: (resources: readonly string[], hop: Hop) => Pool): Workload =>
  async (seed) => {
    const { operations } = await runClients<Pool, PoolOp, PoolResult>({
      seed,
      count: 4,
      make: (hop) => make(resources, hop),
      async client(owner, { shared, history, hop }) {
        for (let round = 0; round < rounds; round++) {
          const claim = { kind: 'claim', owner } as const;
          const resource = await history.record(owner, claim, () => shared.claim(owner));
          await hop();
          if (resource === undefined) continue;
          const release = { kind: 'release', owner, resource } as const;
          await history.record(owner, release, () => shared.release(owner, resource));
        }
      },
    });
    return failureOf(checkHistory(operations, poolModel(resources)));
  };

/** Adds, removes and lists. */
export const onSet =
  (make: (hop: Hop) => StringSet): Workload =>
  async (seed) => {
    const { operations } = await runClients<StringSet, SetOp<string>, SetResult<string>>({
      seed,
      count: 3,
      make,
      async client(name, { shared, history, pick }) {
        for (let round = 0; round < rounds; round++) {
          const value = 'abc'.charAt(pick(3));
          const kind = pick(4);
          if (kind === 0) {
            await history.record(name, { kind: 'list' }, () => shared.list());
          } else if (kind === 1) {
            await history.record(name, { kind: 'remove', value }, () => shared.remove(value));
          } else {
            await history.record(name, { kind: 'add', value }, () => shared.add(value));
          }
        }
      },
    });
    return failureOf(checkHistory(operations, setModel<string>()));
  };

async function loseReply(call: () => Promise<bigint>): Promise<bigint> {
  await call();
  throw new ReplyLostError();
}

function ignore(): void {}

function failureOf(verdict: Verdict<unknown, unknown>): string | undefined {
  if (verdict.linearizable === 'unknown') throw new Error(verdict.explanation);
  return verdict.linearizable ? undefined : verdict.explanation;
}
