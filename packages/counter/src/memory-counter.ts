/**
 * Counters in this process's memory: for tests, and for numbers that need not outlive their process.
 *
 * Every call does its work before it returns its promise: that alone makes it one atomic step.
 * @module
 */
import { type Clock, systemClock } from '@runafter/clock';
import { type AtomicCounterOptions, atomicCounter } from './atomic-counter.ts';
import type { Addition, CounterDriver, Once } from './counter-driver.ts';
import type { AtomicCounter } from './counter-port.ts';
import { isInRange } from './counter-rules.ts';

/**
 * Makes counters in memory. Whoever should see the same numbers uses the same object.
 *
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * const counter = memoryCounter();
 * await counter.addAndGet('tickets', 1); // 1n
 */
export function memoryCounter(options: AtomicCounterOptions = {}): AtomicCounter {
  return atomicCounter(new MemoryCounterDriver(options.clock ?? systemClock), options);
}

class MemoryCounterDriver implements CounterDriver {
  readonly name = 'Counters in memory';
  readonly #clock: Clock;
  readonly #values = new Map<string, bigint>();
  /** When each operation id expires, by counter. Ids of one counter are in the order of their addition. */
  readonly #ids = new Map<string, Map<string, number>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async add(name: string, amount: bigint, once: Once | undefined): Promise<Addition> {
    const before = this.#values.get(name) ?? 0n;
    if (once !== undefined && this.#idsOf(name).has(once.id)) {
      return { state: 'repeated', value: before };
    }
    const value = before + amount;
    if (!isInRange(value)) return { state: 'overflow', value: before };
    this.#values.set(name, value);
    if (once !== undefined) this.#idsOf(name).set(once.id, this.#clock.now() + once.keptFor);
    return { state: 'added', value };
  }

  async read(name: string): Promise<bigint> {
    return this.#values.get(name) ?? 0n;
  }

  async reset(name: string, to: bigint, expected: bigint | undefined) {
    const value = this.#values.get(name) ?? 0n;
    if (expected !== undefined && value !== expected) return { state: 'changed', value } as const;
    this.#values.set(name, to);
    return { state: 'reset', value } as const;
  }

  async close(): Promise<void> {}

  /** The ids of a counter that have not expired. */
  #idsOf(name: string): Map<string, number> {
    const ids = this.#ids.get(name) ?? new Map<string, number>();
    this.#ids.set(name, ids);
    const now = this.#clock.now();
    for (const [id, expiresAt] of ids) {
      if (expiresAt > now) break;
      ids.delete(id);
    }
    return ids;
  }
}
