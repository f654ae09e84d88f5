/**
 * A process that can be killed, inside the one that runs the tests: its own view of a store and of a
 * clock, both of which stop for good when it dies. What it called in the store before is done, what it
 * calls afterwards never reaches it and never settles; its timers never fire.
 *
 * Invariant: code that still runs in a dead process can change nothing that anybody else sees.
 * @module
 */
import { type Clock, parseDuration, type TimerOptions, type VirtualClock } from '@runafter/clock';
import {
  type OutcomeEntry,
  type RunStore,
  type StartOptions,
  start,
  type Workflow,
  type Writer,
} from '@runafter/core';

/** What a process can write, and be killed at. */
const writes: ReadonlySet<string> = new Set([
  'createRun',
  'recordOutcome',
  'saveState',
  'putSignal',
  'endRun',
]);

/** When a process dies by itself. */
export interface Death {
  /** The number of the write, from 1, that it dies at. */
  readonly atWrite: number;
  /** `before`: the write is lost. `after`: it is done, and the answer never comes. */
  readonly when: 'before' | 'after';
}

export class MortalProcess {
  readonly store: RunStore;
  readonly clock: Clock;
  /** Idempotency keys of the handlers that were called while it lived, in order. */
  readonly calls: string[] = [];
  /** Idempotency keys of everything of which it has recorded an outcome. */
  readonly recorded: string[] = [];
  /** When it has written to the store. */
  readonly writes: number[] = [];
  isAlive = true;
  readonly died: Promise<void>;
  readonly #inner: RunStore;
  readonly #death: Death | undefined;
  readonly #cancels = new Set<() => void>();
  readonly #leases = new Map<string, number>();
  #tellDeath!: () => void;

  constructor(store: RunStore, clock: VirtualClock, death?: Death) {
    this.#inner = store;
    this.#death = death;
    this.store = this.#mortalStore(store);
    this.clock = this.#mortalClock(clock);
    this.died = new Promise((resolve) => {
      this.#tellDeath = resolve;
    });
  }

  /** How many timers of it are waiting. */
  get timers(): number {
    return this.#cancels.size;
  }

  /** As `kill -9` does. */
  kill(): void {
    this.isAlive = false;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    this.#tellDeath();
  }

  /** Frees the runs that it held, as if the time of its leases had passed. */
  async bury(): Promise<void> {
    for (const [runId, token] of this.#leases) await this.#inner.releaseLease({ runId, token });
  }

  /** For handlers: notes the call, and never returns in a process that is dead. */
  async note({ idempotencyKey }: { readonly idempotencyKey: string }): Promise<void> {
    if (!this.isAlive) return new Promise(() => undefined);
    this.calls.push(idempotencyKey);
  }

  /** Starts the run `r` in this process. */
  start<In, T>(workflow: Workflow<In, T>, input: In, options: StartOptions = {}) {
    return start(workflow, input, { ...this.place, runId: 'r', ...options });
  }

  /** What makes a run go on in this process. */
  get place(): { store: RunStore; clock: Clock } {
    return { store: this.store, clock: this.clock };
  }

  #mortalStore(inner: RunStore): RunStore {
    return new Proxy(inner, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) =>
          this.#call(String(name), () => member.apply(target, args), args);
      },
    });
  }

  #call(method: string, call: () => unknown, args: readonly unknown[]): unknown {
    if (method === 'onSignal') return this.#subscribe(args);
    const dies = writes.has(method) && this.writes.push(this.clock.now()) === this.#death?.atWrite;
    if (dies && this.#death?.when === 'before') this.kill();
    if (!this.isAlive) return new Promise(() => undefined);
    const answer = call();
    if (method === 'recordOutcome') this.#noteOutcome(args);
    if (dies) this.kill();
    if (method === 'listRuns') return answer;
    return this.#whileAlive(this.#noteLease(answer as Promise<unknown>, args));
  }

  #noteOutcome([writer, entry]: readonly unknown[]): void {
    const { runId } = writer as Writer;
    const { frame, key } = (entry as OutcomeEntry).outcome;
    const isIteration = typeof key === 'number' || key.startsWith('id=');
    const path = isIteration ? `${frame}[${key}]` : [frame, key].filter(Boolean).join('/');
    this.recorded.push(`${runId}/${path}`);
  }

  /** Remembers the tokens of the leases that it was granted. */
  async #noteLease(answer: Promise<unknown>, [first]: readonly unknown[]): Promise<unknown> {
    const result = await answer;
    const { token } = Object(result) as { token?: number };
    const runId = typeof first === 'string' ? first : Object(first).runId;
    if (token !== undefined) this.#leases.set(runId, token);
    return result;
  }

  #whileAlive(answer: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      answer.then(
        (result) => this.isAlive && resolve(result),
        (error) => this.isAlive && reject(error),
      );
    });
  }

  #subscribe([runId, listener]: readonly unknown[]): () => void {
    if (!this.isAlive) return () => undefined;
    const listen = listener as () => void;
    return this.#inner.onSignal(runId as string, () => this.isAlive && listen());
  }

  /** `monotonic()` begins anew, as it does in a process on another machine. */
  #mortalClock(clock: VirtualClock): Clock {
    const origin = clock.monotonic() - 1_000_000;
    const setTimer = (delay: number, callback: () => void, options?: TimerOptions) => {
      if (!this.isAlive) return () => undefined;
      const cancel = clock.setTimer(
        delay,
        () => {
          this.#cancels.delete(cancel);
          callback();
        },
        options,
      );
      this.#cancels.add(cancel);
      return () => {
        this.#cancels.delete(cancel);
        cancel();
      };
    };
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic() - origin,
      setTimer,
      async sleep(duration, { signal } = {}) {
        signal?.throwIfAborted();
        await new Promise<void>((resolve, reject) => {
          const abort = () => {
            cancel();
            reject(signal?.reason);
          };
          const cancel = setTimer(parseDuration(duration), () => {
            signal?.removeEventListener('abort', abort);
            resolve();
          });
          signal?.addEventListener('abort', abort, { once: true });
        });
      },
    };
  }
}
