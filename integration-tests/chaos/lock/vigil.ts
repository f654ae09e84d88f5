/**
 * Keeping locks until the process was paused: what a worker does before it becomes a zombie.
 *
 * Invariant: whoever keeps a lock notices the pause by the clock alone, as code does that was in the middle of
 * something. No timer of the lease, and nothing that comes over the network, needs to have run before.
 * @module
 */
import { systemClock } from '@runafter/clock';
import type { Lease } from '@runafter/lock';
import type { LockTask, Report } from './task.ts';

/** Milliseconds between two looks at the clock. */
const tick = 10;

export class Vigil {
  readonly #keepers: number;
  /** A gap of so many milliseconds between two looks is a pause. */
  readonly #pause: number;
  readonly #tell: (report: Report) => void;
  #isOn = false;
  #call = new AbortController();
  /** Tokens by lane. */
  readonly #keeping = new Map<number, bigint>();
  /** Those that were kept over the pause and are not done with it. */
  readonly #awake = new Set<number>();
  #zombies = 0;

  constructor({ keepers }: LockTask, ttl: number, tell: (report: Report) => void) {
    this.#keepers = keepers;
    this.#pause = ttl / 2;
    this.#tell = tell;
  }

  /** From now on lanes keep what they hold. */
  begin(): void {
    this.#isOn = true;
    this.#call.abort();
    this.#zombies = 0;
  }

  keeps(lane: number): boolean {
    return this.#isOn && lane < this.#keepers;
  }

  /** Aborts when lanes are wanted that keep what they hold. */
  get call(): AbortSignal {
    return this.#call.signal;
  }

  /** Resolves when the process was paused, or the lease was lost without that. */
  async keep(lane: number, { token, signal }: Lease): Promise<void> {
    this.#keeping.set(lane, token);
    if (this.#keeping.size === this.#keepers) this.#tellOfAll();
    let before = systemClock.monotonic();
    while (this.#isOn && !signal.aborted) {
      await systemClock.sleep(tick);
      const now = systemClock.monotonic();
      if (now - before > this.#pause) this.#wake();
      before = now;
    }
    this.#keeping.delete(lane);
  }

  /** @param zombies - how many writes of a lane that had lost its lock have reached the store. */
  isDone(lane: number, zombies: number): void {
    if (!this.#awake.delete(lane)) return;
    this.#zombies += zombies;
    if (this.#awake.size === 0) this.#tell({ kind: 'woken', zombies: this.#zombies });
  }

  #tellOfAll(): void {
    const byLane = [...this.#keeping].sort(([a], [b]) => a - b);
    this.#tell({ kind: 'keeping', tokens: byLane.map(([, token]) => String(token)) });
  }

  #wake(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#call = new AbortController();
    for (const lane of this.#keeping.keys()) this.#awake.add(lane);
  }
}
