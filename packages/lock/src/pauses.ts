/**
 * When a waiter asks again: after a release that it is told of, after the time that the holder has left, after
 * a poll at the latest; and after a failure, when the service says, or with a backoff.
 *
 * Invariant: a wake-up that comes while a request is under way is not lost, since that request may have been
 * answered before it. One that is not told at all costs a poll.
 * @module
 */
import { retryAfterOf } from '@runafter/clock';
import type { GivingBack } from './giving-back.ts';
import type { Busy, LeaseRequest, Watch } from './lease-driver.ts';

/** In milliseconds: who waits for an expiry asks so much later at most, not all at once. */
const spread = 5;

export class Pauses {
  readonly #tools: GivingBack;
  readonly #poll: number;
  #watch: Watch | undefined;
  /** The owner that the watch is for. */
  #listener: string | undefined;
  #isWoken = false;
  #wake: () => void = ignore;
  #count = 0;

  /** @param poll - the longest pause without a failure, in milliseconds. */
  constructor(tools: GivingBack, poll: number) {
    this.#tools = tools;
    this.#poll = poll;
  }

  /** @returns whether this owner is told of releases from now on, and was not before. */
  listen(request: LeaseRequest): boolean {
    if (this.#listener === request.owner) return false;
    this.stop();
    this.#listener = request.owner;
    this.#watch = this.#tools.driver.watch?.(request, () => {
      this.#isWoken = true;
      this.#wake();
    });
    return this.#watch?.hears ?? false;
  }

  /** What was heard until now is answered by the request that is sent next. */
  askNow(): void {
    this.#isWoken = false;
  }

  /** Until it is worth asking again; rejects with the signal's reason. */
  pause(busy: Busy | undefined, failure: unknown, signal: AbortSignal): Promise<void> {
    const { clock } = this.#tools;
    this.#count++;
    // A service that says when to come back is not asked before, whatever is heard meanwhile.
    const retryAfter = retryAfterOf(failure, clock);
    if (retryAfter !== undefined) return clock.sleep(retryAfter, { signal });
    if (this.#isWoken) return Promise.resolve();
    const longest = failure === undefined ? this.#untilPoll(busy) : this.#backoff();
    return this.#untilWoken(longest, signal);
  }

  /** Stops listening. */
  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#listener = undefined;
  }

  #untilWoken(longest: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        cancelTimer();
        signal.removeEventListener('abort', abort);
        this.#wake = ignore;
      };
      const abort = () => {
        end();
        reject(signal.reason);
      };
      this.#wake = () => {
        end();
        resolve();
      };
      const cancelTimer = this.#tools.clock.setTimer(longest, this.#wake);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  #untilPoll({ freeIn }: Partial<Busy> = {}): number {
    const { random = Math.random } = this.#tools;
    const interval = this.#watch?.hears ? this.#poll * (0.75 + random() / 4) : this.#backoff();
    if (freeIn === undefined) return interval;
    return Math.min(interval, Math.max(freeIn, 1) + random() * spread);
  }

  /** From an eighth of the poll on it doubles, half of it by chance, so that contenders spread. */
  #backoff(): number {
    const { random = Math.random } = this.#tools;
    const cap = Math.min(this.#poll, this.#poll * 2 ** (this.#count - 4));
    return (cap * (1 + random())) / 2;
  }
}

function ignore(): void {}
