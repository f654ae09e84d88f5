/**
 * What the handlers of a durable run do, through all the processes that work on it, and a record of
 * every call.
 *
 * Work goes on outside: what one process has begun under a key, another one that calls with the same
 * key joins, and it ends when it would have ended anyway. So with no time between two processes a run
 * takes as long as one that nothing interrupts.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { HandlerContext, Question, Sighting, Witness } from './journal.ts';
import { outputAt } from './oracle.ts';
import { type ActionPlan, type Behaviour, entryFor } from './plan.ts';
import { type StoredFacts, shown } from './stored-facts.ts';

/** The id of the run, which paths of children begin with. */
export const runId = 'R';

/** One call of a handler. */
export interface DurableCall {
  /** Which process made it, from 0. */
  readonly life: number;
  /** Through child workflows. */
  readonly path: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly values: readonly unknown[];
  readonly seen: readonly Sighting[];
  readonly item: unknown;
}

/** A process, as its handlers see it. */
export interface Life {
  readonly number: number;
  readonly clock: Clock;
  /** It is dead, or has let go of the run. */
  readonly isOver: boolean;
}

export class DurableJournal {
  readonly calls: DurableCall[] = [];
  readonly complaints: string[] = [];
  readonly #facts: StoredFacts;
  /** When work began, by key and attempt. */
  readonly #begun = new Map<string, number>();

  constructor(facts: StoredFacts) {
    this.#facts = facts;
  }

  /** What the functions of one process tell. */
  in(life: Life): Witness {
    return {
      perform: (plan, values, context, seen = []) =>
        life.isOver
          ? new Promise(() => undefined)
          : this.#perform(life, plan, values, context, seen),
      asked: (question, address, index) => {
        if (!life.isOver) this.#asked(question, address, index);
      },
    };
  }

  #perform(
    life: Life,
    plan: ActionPlan,
    values: readonly unknown[],
    context: HandlerContext,
    seen: readonly Sighting[],
  ): unknown {
    const { attempt, idempotencyKey, item } = context;
    const prefix = context.runId.slice(runId.length + 1);
    const within = (path: string) => (prefix === '' ? path : `${prefix}/${path}`);
    const path = within(context.path);
    if (this.#facts.hasEnded(path)) this.complaints.push(`${path}: is called again after its end`);
    this.#facts.checkStart(path);
    const sights = seen.map((sight) => ({ ...sight, path: within(sight.path) }));
    const facts = { path, attempt, idempotencyKey: shown(idempotencyKey), item, values };
    this.calls.push({ life: life.number, ...facts, seen: sights });
    return this.#work(life, entryFor(plan.behaviours, context.index), context);
  }

  #work(life: Life, behaviour: Behaviour, context: HandlerContext): unknown {
    const { attempt, idempotencyKey, path, signal } = context;
    const { takes, ends, throwsFirst, onAbort } = behaviour;
    const fails = attempt <= throwsFirst || ends === 'throws';
    const conclude = () => {
      if (fails) throw thrownAt(path);
      return outputAt(path);
    };
    if (takes === 0) return conclude();
    const { clock } = life;
    const job = `${idempotencyKey} ${attempt}`;
    const begun = this.#begun.get(job) ?? clock.now();
    this.#begun.set(job, begun);
    const left = Math.max(0, begun + takes - clock.now());
    const until = onAbort === 'ignores' ? {} : { signal };
    return (left === Number.POSITIVE_INFINITY ? aborted(signal) : clock.sleep(left, until)).then(
      conclude,
    );
  }

  /** Paths are not known to these functions: only a node outside of nested loops has but one. */
  #asked(question: Question, address: string, index: number | undefined): void {
    const field = storedAs[question];
    for (const path of this.#facts.onlyPathsOf(address, index)) {
      const known = this.#facts.progressOf(path)?.[field] !== undefined;
      if (known || this.#facts.hasEnded(path)) {
        this.complaints.push(`${path}: is asked again for its ${question}, which is stored`);
      }
    }
  }
}

const storedAs = {
  choice: 'choice',
  items: 'loop',
  duration: 'due',
  'first state': 'given',
  input: 'given',
  correlate: 'correlate',
} as const;

/** Everything that handlers throw in practice, and some of what they could; always the same at a path. */
function thrownAt(path: string): unknown {
  const values = [new Error('Fails, as planned.'), 'a text', undefined, null, 0, frozenError];
  return values[path.length % values.length];
}

const frozenError = Object.freeze(new Error('Cannot be changed.'));

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
