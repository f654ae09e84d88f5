/**
 * What a limiter with rates promises, in the plainest form: a sorted list, a log of all starts that is read from
 * its beginning, and a clock that goes millisecond by millisecond. All its times are whole numbers.
 */
import type { ParsedRate } from '@runafter/throttle';

export interface PlainLimits {
  readonly rates: readonly ParsedRate[];
  readonly spacing: number;
  readonly concurrency: number;
}

interface Start {
  readonly id: number;
  readonly at: number;
  readonly weight: number;
}

export class PlainLimiter {
  readonly starts: Start[] = [];
  readonly held = new Map<number, number>();
  waiting: { readonly id: number; readonly weight: number; readonly priority: number }[] = [];
  readonly #limits: PlainLimits;
  #now = 0;

  constructor(limits: PlainLimits) {
    this.#limits = limits;
  }

  get active(): number {
    return sum([...this.held.values()]);
  }

  acquire(id: number, weight: number, priority: number): void {
    this.waiting.push({ id, weight, priority });
    this.waiting.sort((a, b) => b.priority - a.priority || a.id - b.id);
    this.#admit();
  }

  tryAcquire(id: number, weight: number): boolean {
    const allowed = this.waiting.length === 0 && this.#allows(weight);
    if (allowed) this.#start(id, weight);
    return allowed;
  }

  release(id: number): void {
    this.held.delete(id);
    this.#admit();
  }

  abort(id: number): void {
    this.waiting = this.waiting.filter((waiter) => waiter.id !== id);
    this.#admit();
  }

  advance(ms: number): void {
    for (let tick = 0; tick < ms; tick++) {
      this.#now++;
      this.#admit();
    }
  }

  #admit(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (!this.#allows(next.weight)) return;
      this.waiting.shift();
      this.#start(next.id, next.weight);
    }
  }

  #start(id: number, weight: number): void {
    this.held.set(id, weight);
    this.starts.push({ id, at: this.#now, weight });
  }

  #allows(weight: number): boolean {
    const { rates, spacing, concurrency } = this.#limits;
    const last = this.starts.at(-1);
    return (
      this.active + weight <= concurrency &&
      (last === undefined || this.#now - last.at >= spacing) &&
      rates.every((rate) => free(rate, this.starts, this.#now) >= weight)
    );
  }
}

/** How much of the rate is left. */
function free({ calls, per, model, burst }: ParsedRate, starts: readonly Start[], now: number) {
  if (model === 'sliding-window') {
    return calls - sum(starts.filter(({ at }) => now - at < per).map(({ weight }) => weight));
  }
  if (model === 'fixed-window') {
    let begin = Number.NEGATIVE_INFINITY;
    let used = 0;
    for (const { at, weight } of starts) {
      if (at >= begin + per) [begin, used] = [at, 0];
      used += weight;
    }
    return now >= begin + per ? calls : calls - used;
  }
  // In milliseconds of dripping, so that all are whole numbers.
  const token = per / calls;
  let level = burst * token;
  let seen = 0;
  for (const { at, weight } of starts) {
    level = Math.min(burst * token, level + at - seen) - weight * token;
    seen = at;
  }
  return Math.min(burst * token, level + now - seen) / token;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
