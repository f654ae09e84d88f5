/** Counters in memory behind a network that loses requests and replies, as a CounterDriver. */
import type { VirtualClock } from '@runafter/clock';
import { ServiceUnavailableError } from '@runafter/errors';
import type { CounterDriver } from '../src/index.ts';

/** What becomes of a request; an Error is thrown, and nothing is done. */
export type Fate = 'done' | 'reply lost' | 'request lost' | Error;

export interface ShakyCounters {
  readonly driver: CounterDriver;
  readonly values: Map<string, bigint>;
  readonly keptFor: number[];
  /** The ids that came along. */
  readonly ids: string[];
  requests: number;
}

/** @param fates - of the requests, one after the other, taken from the list; all later ones are done. */
export function shakyCounters(clock: VirtualClock, fates: Fate[]): ShakyCounters {
  const values = new Map<string, bigint>();
  const expiries = new Map<string, number>();
  const keptFor: number[] = [];
  const ids: string[] = [];

  const send = async <R>(carryOut: () => R): Promise<R> => {
    world.requests++;
    const fate = fates.shift() ?? 'done';
    if (fate instanceof Error) throw fate;
    const answer = fate === 'request lost' ? undefined : carryOut();
    if (fate === 'done') return answer as R;
    throw new ServiceUnavailableError('Shaky counters', 'unknown');
  };

  const driver: CounterDriver = {
    name: 'Shaky counters',
    add: (name, amount, once) =>
      send(() => {
        const before = values.get(name) ?? 0n;
        const id = `${name} ${once?.id}`;
        if (once !== undefined) {
          keptFor.push(once.keptFor);
          ids.push(once.id);
        }
        if (once !== undefined && (expiries.get(id) ?? 0) > clock.now()) {
          return { state: 'repeated', value: before };
        }
        const value = before + amount;
        if (BigInt.asIntN(64, value) !== value) return { state: 'overflow', value: before };
        values.set(name, value);
        if (once !== undefined) expiries.set(id, clock.now() + once.keptFor);
        return { state: 'added', value };
      }),
    read: (name) => send(() => values.get(name) ?? 0n),
    reset: (name, to, expected) =>
      send(() => {
        const value = values.get(name) ?? 0n;
        if (expected !== undefined && expected !== value) return { state: 'changed', value };
        values.set(name, to);
        return { state: 'reset', value };
      }),
    async close() {},
  };
  const world: ShakyCounters = { driver, values, keptFor, ids, requests: 0 };
  return world;
}
