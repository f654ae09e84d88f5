/**
 * The model of a register: a place that holds one value. A document in a store is one.
 * @module
 */
import { answered, answeredIfAtAll, isRefusal, type Model } from '../model.ts';
import { valueText } from '../value-text.ts';

/** What a client does to a register; `key` names which one, where there are several. */
export type RegisterOp<Value> =
  /** Answers the value. */
  | { readonly kind: 'read'; readonly key?: string }
  /** Puts the value there. Any answer. */
  | { readonly kind: 'write'; readonly key?: string; readonly value: Value }
  /** Puts the value there if it holds the expected one. Answers whether it did. */
  | {
      readonly kind: 'compareAndSet';
      readonly key?: string;
      readonly expected: Value;
      readonly value: Value;
    };

/** What a client of a register gets: a value, whether it was put there, or nothing. */
export type RegisterResult<Value> = Value | boolean | undefined;

/**
 * A register, or many of them when the operations have a `key`. Values are compared by what is in them.
 *
 * @param options.initial - what every register holds at first. Default `undefined`.
 * @example
 * checkHistory(history.operations, registerModel({ initial: 0 }));
 */
export function registerModel<Value>(
  options: { readonly initial?: Value } = {},
): Model<Value, RegisterOp<Value>, RegisterResult<Value>> {
  return {
    name: 'register',
    initial: () => options.initial as Value,
    step(held, op, outcome) {
      if (op.kind === 'read') return answered<RegisterResult<Value>>(outcome, held) ? [held] : [];
      if (op.kind === 'write') return [op.value];
      const matches = valueText(held) === valueText(op.expected);
      if (!answeredIfAtAll<RegisterResult<Value>>(outcome, matches)) return [];
      return [matches ? op.value : held];
    },
    onlyLooks: (op, outcome) =>
      op.kind === 'read' || (op.kind === 'compareAndSet' && isRefusal(outcome, false)),
    partition: (op) => op.key,
    describe(op) {
      if (op.kind === 'read') return 'read';
      if (op.kind === 'write') return `write ${valueText(op.value)}`;
      return `compareAndSet ${valueText(op.expected)} => ${valueText(op.value)}`;
    },
    describeState: (held) => `holds ${valueText(held)}`,
  };
}
