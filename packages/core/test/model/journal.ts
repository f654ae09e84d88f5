/**
 * The journal of a run: every call of a handler, with what it was given and when it was over.
 *
 * It is written by the handlers themselves, so it says what happened and not what the engine believes.
 * @module
 */
import type { VirtualClock } from '@runafter/clock';
import { outputAt } from './oracle.ts';
import type { ActionPlan, Behaviour } from './plan.ts';
import { entryFor } from './plan.ts';

/** What the handlers of both forms find in their context. */
export interface HandlerContext {
  readonly path: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  readonly index?: number;
  readonly item?: unknown;
  /** Of the run that the handler is in: of a child workflow, it goes on with the path of the child. */
  readonly runId: string;
}

/** What a handler saw of something that the containers around it run after. */
export interface Sighting {
  readonly path: string;
  /** It looked at the output; at the result otherwise. */
  readonly isBare: boolean;
  readonly value: unknown;
}

/** One call of a handler. */
export interface Call {
  readonly path: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly values: readonly unknown[];
  readonly seen: readonly Sighting[];
  readonly index: number | undefined;
  readonly item: unknown;
  /** Milliseconds since the start of the run. */
  readonly start: number;
  /** When the handler was over, in the order of the journal; undefined while it runs. */
  end: number | undefined;
  /** Position among all starts and ends of the run. */
  readonly startedAs: number;
  endedAs: number;
}

/** What the functions of a definition are asked for, beside the work of handlers. */
export type Question = 'choice' | 'items' | 'duration' | 'first state' | 'input' | 'correlate';

/** Whom the functions of a planned workflow tell that they are called. */
export interface Witness {
  /** The handler of an action: does what its plan says. */
  perform(
    plan: ActionPlan,
    values: readonly unknown[],
    context: HandlerContext,
    seen?: readonly Sighting[],
  ): unknown;
  /** A function of the node at this address is called in this iteration. */
  asked?(question: Question, address: string, index: number | undefined): void;
}

export class Journal implements Witness {
  readonly calls: Call[] = [];
  readonly #byPath = new Map<string, Call[]>();
  readonly #clock: VirtualClock;
  #entries = 0;
  #running = 0;
  /** The most handlers that ran at the same time. */
  peak = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** The calls of one action, in their order. */
  callsOf(path: string): readonly Call[] {
    return this.#byPath.get(path) ?? [];
  }

  /** Every action that was called. */
  get paths(): Iterable<string> {
    return this.#byPath.keys();
  }

  /** The handler of an action: does what its plan says, and writes it down. */
  perform(
    plan: ActionPlan,
    values: readonly unknown[],
    context: HandlerContext,
    seen: readonly Sighting[] = [],
  ): unknown {
    const call = this.#open(values, context, seen);
    const behaviour = entryFor(plan.behaviours, context.index);
    const fails = context.attempt <= behaviour.throwsFirst || behaviour.ends === 'throws';
    const conclude = () => {
      this.#close(call);
      if (fails) throw thrownValue(this.calls.length);
      return outputAt(context.path);
    };
    if (behaviour.takes === 0) return conclude();
    return this.#takeTime(behaviour, context, () => this.#close(call)).then(conclude);
  }

  async #takeTime(behaviour: Behaviour, context: HandlerContext, close: () => void): Promise<void> {
    const { takes, onAbort } = behaviour;
    if (onAbort === 'ignores') return this.#sleep(takes);
    const { signal } = context;
    try {
      await this.#sleep(takes, signal);
    } catch (reason) {
      if (onAbort > 0) await this.#sleep(onAbort);
      close();
      throw reason;
    }
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms !== Number.POSITIVE_INFINITY) return this.#clock.sleep(ms, { signal });
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }

  #open(values: readonly unknown[], context: HandlerContext, seen: readonly Sighting[]): Call {
    const { path, attempt, idempotencyKey, index, item } = context;
    const start = this.#clock.monotonic();
    const facts = { path, attempt, idempotencyKey, index, item, values, seen, start };
    const startedAs = this.#entries++;
    const call: Call = { ...facts, startedAs, end: undefined, endedAs: Number.POSITIVE_INFINITY };
    this.calls.push(call);
    const ofPath = this.#byPath.get(path) ?? [];
    ofPath.push(call);
    this.#byPath.set(path, ofPath);
    this.peak = Math.max(this.peak, ++this.#running);
    return call;
  }

  #close(call: Call): void {
    call.end = this.#clock.monotonic();
    call.endedAs = this.#entries++;
    this.#running--;
  }
}

/** Everything that handlers throw in practice, and some of what they could. */
function thrownValue(choice: number): unknown {
  const values = [new Error('Fails, as planned.'), 'a text', undefined, null, 0, frozenError];
  return values[choice % values.length];
}

const frozenError = Object.freeze(new Error('Cannot be changed.'));
