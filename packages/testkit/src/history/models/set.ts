/**
 * The model of a set.
 * @module
 */
import { answered, answeredIfAtAll, isRefusal, type Model } from '../model.ts';
import { valueText } from '../value-text.ts';

/** What a client does to a set; `key` names which one, where there are several. */
export type SetOp<Value> = { readonly key?: string } & (
  | /** Answers whether it was not there before; undefined says nothing. */ {
      readonly kind: 'add';
      readonly value: Value;
    }
  /** Answers whether it was there; undefined says nothing. */
  | { readonly kind: 'remove'; readonly value: Value }
  /** Answers whether it is there. */
  | { readonly kind: 'contains'; readonly value: Value }
  /** Answers all values, in any order. */
  | { readonly kind: 'list' }
);

/** What a client of a set gets. */
export type SetResult<Value> = boolean | readonly Value[] | undefined;

/** A set's state: the texts of its values, sorted. */
export type SetState = readonly string[];

/**
 * A set, or many of them when the operations have a `key`. Values are compared by what is in them.
 *
 * Without `list`, each value is an object by itself: `partitionBy: ({ value }) => String(value)` makes the
 * check faster.
 */
export function setModel<Value>(): Model<SetState, SetOp<Value>, SetResult<Value>> {
  return {
    name: 'set',
    initial: () => [],
    step(members, op, outcome) {
      if (op.kind === 'list') return isListOf(members, outcome) ? [members] : [];
      const text = valueText(op.value);
      const isThere = members.includes(text);
      if (op.kind === 'contains') return answered(outcome, isThere) ? [members] : [];
      const changes = op.kind === 'add' ? !isThere : isThere;
      if (!answeredIfAtAll(outcome, changes)) return [];
      if (!changes) return [members];
      if (op.kind === 'add') return [[...members, text].sort()];
      return [members.filter((member) => member !== text)];
    },
    onlyLooks: (op, outcome) =>
      op.kind === 'list' || op.kind === 'contains' || isRefusal(outcome, false),
    key: (members) => members.join(),
    partition: (op) => op.key,
    describe: (op) => (op.kind === 'list' ? 'list' : `${op.kind} ${valueText(op.value)}`),
    describeState: (members) => `has {${members.join(', ')}}`,
  };
}

function isListOf<Value>(
  members: SetState,
  outcome: Parameters<typeof answered<SetResult<Value>>>[0],
): boolean {
  if (outcome.status === 'unknown') return true;
  if (!Array.isArray(outcome.value)) return false;
  return valueText(outcome.value.map(valueText).sort()) === valueText(members);
}
