/**
 * A job against a service, in virtual time: a queue of events, no promises.
 * @module
 */
import { seededRandom } from '@runafter/clock';
import { EventQueue } from './event-queue.ts';
import type { ServiceKind } from './service.ts';

/** How a call ended, as the caller sees it. */
export type CallEnd =
  | { readonly throttled: false; readonly latency: number }
  | { readonly throttled: true; readonly latency: number; readonly retryAfter: number };

/** Who decides when a call goes out. One for each job. Times in milliseconds since the job began. */
export interface Strategy {
  /** `now`: go; later: not before; Infinity: after the next end. Asked only when a call waits. */
  earliestStart(now: number): number;
  /** A call goes out. What it gives is handed back at the call's end. */
  sent(now: number): unknown;
  /**
   * @returns for how long the caller keeps its place before it is free for the next call, and before the
   *   throttled call is made again: 0 or nothing unless every worker sleeps for itself.
   */
  ended(now: number, call: unknown, end: CallEnd): number | undefined;
}

/** A kind of strategy. */
export type MakeStrategy = () => Strategy;

/** What became of a job. */
export interface JobResult {
  /** From its beginning to its last success, in milliseconds. */
  readonly time: number;
  /** Throttled calls / all calls, after a fifth of the items was done. */
  readonly throttled: number;
}

interface Item {
  callsLeft: number;
}

/** Runs a job of so many items. The same seed gives the same result. */
export function simulate(
  model: ServiceKind,
  makeStrategy: MakeStrategy,
  job: { readonly items: number; readonly seed: number | string },
): JobResult {
  const run = new Run(model, makeStrategy(), job);
  return run.finish();
}

class Run {
  readonly #strategy: Strategy;
  readonly #service: ReturnType<ServiceKind['open']>;
  readonly #events = new EventQueue();
  readonly #items: number;
  readonly #callsPerItem: number;
  /** Items whose next call waits: those under way before new ones. */
  readonly #ready: Item[] = [];
  #begun = 0;
  #done = 0;
  #inService = 0;
  #wakeAt = Infinity;
  #callsLate = 0;
  #throttledLate = 0;

  constructor(
    { open, callsPerItem }: ServiceKind,
    strategy: Strategy,
    { items, seed }: { readonly items: number; readonly seed: number | string },
  ) {
    this.#strategy = strategy;
    this.#callsPerItem = callsPerItem;
    this.#items = items;
    this.#service = open(seededRandom(seed), items * callsPerItem);
  }

  finish(): JobResult {
    this.#start(0);
    let now = 0;
    for (let event = this.#events.next(); event !== undefined; event = this.#events.next()) {
      now = event.at;
      event.happen(now);
      if (this.#done === this.#items) break;
      this.#start(now);
    }
    if (this.#done < this.#items) throw new Error(`Only ${this.#done} items were done.`);
    return { time: now, throttled: this.#throttledLate / Math.max(1, this.#callsLate) };
  }

  #start(now: number): void {
    while (this.#ready.length > 0 || this.#begun < this.#items) {
      const at = this.#strategy.earliestStart(now);
      if (at > now) {
        this.#wake(at, now);
        return;
      }
      this.#send(this.#nextItem(), now);
    }
  }

  #nextItem(): Item {
    const item = this.#ready.shift();
    if (item !== undefined) return item;
    this.#begun++;
    return { callsLeft: this.#callsPerItem };
  }

  #wake(at: number, now: number): void {
    if (at === Infinity || (this.#wakeAt > now && this.#wakeAt <= at)) return;
    this.#wakeAt = at;
    this.#events.add(at, () => {});
  }

  #send(item: Item, now: number): void {
    this.#inService++;
    const call = this.#strategy.sent(now);
    const reply = this.#service.call(now, this.#inService);
    this.#events.add(now + reply.latency, (end) => {
      this.#inService--;
      const isLate = this.#done >= this.#items / 5;
      if (isLate) this.#callsLate++;
      if (isLate && reply.throttled) this.#throttledLate++;
      this.#end(item, end, call, reply);
    });
  }

  #end(item: Item, now: number, call: unknown, reply: CallEnd): void {
    const sleep = this.#strategy.ended(now, call, reply) ?? 0;
    if (!reply.throttled) item.callsLeft--;
    if (item.callsLeft === 0) this.#done++;
    else if (sleep === 0) this.#ready.push(item);
    else this.#events.add(now + sleep, () => this.#ready.push(item));
  }
}
