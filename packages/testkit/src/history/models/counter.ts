/**
 * The model of a counter whose operations may carry an id, by which a repeated one counts once.
 *
 * Invariant: only ids that occur more than once are remembered; those that occur once change nothing.
 * So a history of 100,000 ids has small states, and adding 1 is the same whoever does it.
 * @module
 */
import { answered, answeredIfAtAll, isRefusal, type Model } from '../model.ts';
import type { Operation } from '../operation.ts';
import { begin, canSee, type OpenRead, openReadKey, unsettle, widen } from './open-read.ts';

/** What a client does to a counter; `key` names which one, where there are several. */
export type CounterOp = { readonly key?: string } & (
  | /** Adds the amount, unless the id `once` has counted before. Any answer. */ {
      readonly kind: 'add';
      readonly amount: bigint;
      readonly once?: string;
    }
  /** As add. Answers the value afterwards; for an id that has counted, the value of now. */
  | { readonly kind: 'addAndGet'; readonly amount: bigint; readonly once?: string }
  /** Answers the value. */
  | { readonly kind: 'read' }
  /**
   * Sets the value to `to` (0n), if it is the expected one where that is given. Answers the value it had,
   * or whether it was set; undefined says nothing. Ids that have counted stay so.
   */
  | { readonly kind: 'reset'; readonly to?: bigint; readonly expected?: bigint }
  /** A read that is not one moment: {@link relaxReads} makes these two out of it. */
  | { readonly kind: 'readBegins' | 'readEnds'; readonly read: number }
);

/** What a client of a counter gets. */
export type CounterResult = bigint | boolean | undefined;

/** A counter's state. */
export interface CounterState {
  readonly value: bigint;
  /** A bit for each repeated id that has counted. */
  readonly counted: bigint;
  readonly openReads: readonly OpenRead[];
  /** The ids that occur more than once, with the number of their bit. */
  readonly repeatedIds: ReadonlyMap<string, number>;
}

/**
 * A counter, or many of them when the operations have a `key`.
 *
 * @param options.initial - what every counter has at first. Default 0n.
 * @example
 * await history.record('A', { kind: 'add', amount: 1n, once: 'order-17' }, () => counter.add('n', 1n, { once: 'order-17' }));
 */
export function counterModel(
  options: { readonly initial?: bigint } = {},
): Model<CounterState, CounterOp, CounterResult> {
  return {
    name: 'counter',
    initial: (operations) => ({
      value: options.initial ?? 0n,
      counted: 0n,
      openReads: [],
      repeatedIds: repeatedIdsIn(operations),
    }),
    step(state, op, outcome) {
      switch (op.kind) {
        case 'add':
          return [added(state, op)];
        case 'addAndGet': {
          const next = added(state, op);
          return answered<CounterResult>(outcome, next.value) ? [next] : [];
        }
        case 'read':
          return answered<CounterResult>(outcome, state.value) ? [state] : [];
        case 'reset': {
          const isSet = op.expected === undefined || op.expected === state.value;
          const saysWhatItWas = outcome.status === 'ok' && typeof outcome.value === 'bigint';
          const answer = saysWhatItWas ? state.value : isSet;
          if (!answeredIfAtAll<CounterResult>(outcome, answer)) return [];
          if (!isSet) return [state];
          return [{ ...state, value: op.to ?? 0n, openReads: unsettle(state.openReads) }];
        }
        case 'readBegins':
          return [{ ...state, openReads: begin(state.openReads, op.read, state.value) }];
        case 'readEnds': {
          const open = state.openReads.find(({ read }) => read === op.read);
          if (open === undefined || outcome.status !== 'ok' || !canSee(open, outcome.value))
            return [];
          return [{ ...state, openReads: state.openReads.filter((other) => other !== open) }];
        }
      }
    },
    onlyLooks: (op, outcome) =>
      op.kind === 'read' || (op.kind === 'reset' && isRefusal(outcome, false)),
    key: ({ value, counted, openReads }) =>
      `${value} ${counted.toString(36)}${openReads.map(openReadKey).join('')}`,
    partition: (op) => op.key,
    opKey(op, { repeatedIds }) {
      if (op.kind === 'add' || op.kind === 'addAndGet') {
        const { kind, amount, once } = op;
        return `${kind} ${amount} ${once !== undefined && repeatedIds.has(once) ? once : ''}`;
      }
      if (op.kind === 'read') return 'read';
      if (op.kind === 'reset') return `reset ${op.to} ${op.expected}`;
      return `${op.kind} ${op.read}`;
    },
    describe(op) {
      if (op.kind === 'add' || op.kind === 'addAndGet') {
        return `${op.kind} ${op.amount}${op.once === undefined ? '' : ` once ${op.once}`}`;
      }
      if (op.kind === 'read') return 'read';
      if (op.kind !== 'reset') return `${op.kind} #${op.read}`;
      const condition = op.expected === undefined ? '' : ` if ${op.expected}`;
      return `reset to ${op.to ?? 0n}${condition}`;
    },
    describeState: ({ value }) => `is ${value}`,
  };
}

function repeatedIdsIn(
  operations: readonly Operation<CounterOp, CounterResult>[],
): Map<string, number> {
  const met = new Set<string>();
  const repeated = new Map<string, number>();
  for (const { op } of operations) {
    if (!('once' in op) || op.once === undefined) continue;
    if (met.has(op.once) && !repeated.has(op.once)) repeated.set(op.once, repeated.size);
    met.add(op.once);
  }
  return repeated;
}

function added(
  state: CounterState,
  { amount, once }: { readonly amount: bigint; readonly once?: string },
): CounterState {
  const { value, counted, openReads, repeatedIds } = state;
  const place = once === undefined ? undefined : repeatedIds.get(once);
  const bit = place === undefined ? 0n : 1n << BigInt(place);
  if ((counted & bit) !== 0n) return state;
  return {
    value: value + amount,
    counted: counted | bit,
    openReads: widen(openReads, amount),
    repeatedIds,
  };
}
