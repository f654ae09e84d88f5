/**
 * Histories that an atomic object would give, with many clients at once: at each tick a random client
 * calls, its call takes effect, or it gets its reply. The same seed gives the same history.
 * @module
 */
import { seededRandom } from '@runafter/clock';
import type {
  CounterOp,
  CounterResult,
  Operation,
  RegisterOp,
  RegisterResult,
} from '@runafter/testkit';

/** What to simulate. */
export interface Simulation {
  readonly operations: number;
  readonly clients: number;
  /** The share of replies that get lost, from 0 to 1. Default 0. */
  readonly lost?: number;
}

/** Half reads, a third writes, the rest compare-and-set; values from 0 to 9. */
export function registerHistory(
  simulation: Simulation,
  keys: number,
): Operation<RegisterOp<number>, RegisterResult<number>>[] {
  const values = new Map<string | undefined, number>();
  return simulate<RegisterOp<number>, RegisterResult<number>>(
    simulation,
    (random) => {
      const pick = (bound: number) => Math.floor(random() * bound);
      const key = `key ${pick(keys)}`;
      const kind = pick(6);
      if (kind < 3) return { kind: 'read', key };
      if (kind < 5) return { kind: 'write', key, value: pick(10) };
      return { kind: 'compareAndSet', key, expected: pick(10), value: pick(10) };
    },
    (op) => {
      const held = values.get(op.key) ?? 0;
      if (op.kind === 'read') return held;
      if (op.kind === 'compareAndSet' && op.expected !== held) return false;
      values.set(op.key, op.value);
      return op.kind === 'write' ? undefined : true;
    },
  );
}

/** A tenth reads, half adds, the rest adds that answer; each add with an id of its own. */
export function counterHistory(simulation: Simulation): Operation<CounterOp, CounterResult>[] {
  let value = 0n;
  let ids = 0;
  return simulate<CounterOp, CounterResult>(
    simulation,
    (random) => {
      const kind = random();
      if (kind < 0.1) return { kind: 'read' };
      return { kind: kind < 0.6 ? 'add' : 'addAndGet', amount: 1n, once: `id ${ids++}` };
    },
    (op) => {
      if ('amount' in op) value += op.amount;
      return op.kind === 'add' ? undefined : value;
    },
  );
}

interface Client<Op, Result> {
  readonly name: string;
  call?: { op: Op; invoked: number; result?: { value: Result } } | undefined;
}

function simulate<Op, Result>(
  { operations: count, clients: clientCount, lost = 0 }: Simulation,
  choose: (random: () => number) => Op,
  apply: (op: Op) => Result,
): Operation<Op, Result>[] {
  const random = seededRandom(1);
  const clients = Array.from(
    { length: clientCount },
    (_, i): Client<Op, Result> => ({ name: `client ${i}` }),
  );
  const history: Operation<Op, Result>[] = [];
  for (let time = 0; history.length < count; time++) {
    const client = clients[Math.floor(random() * clientCount)];
    if (client === undefined) continue;
    const { name, call } = client;
    if (call === undefined) client.call = { op: choose(random), invoked: time };
    else if (call.result === undefined) call.result = { value: apply(call.op) };
    else {
      const { op, invoked, result } = call;
      const isLost = random() < lost;
      history.push({
        client: name,
        op,
        invoked,
        returned: isLost ? Infinity : time,
        outcome: isLost ? { status: 'unknown' } : { status: 'ok', value: result.value },
      });
      client.call = undefined;
    }
  }
  // What took effect but has not returned yet belongs to the history, too.
  for (const { name, call } of clients) {
    if (call === undefined) continue;
    const { op, invoked } = call;
    history.push({ client: name, op, invoked, returned: Infinity, outcome: { status: 'unknown' } });
  }
  return history;
}
