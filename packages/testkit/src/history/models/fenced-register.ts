/**
 * The model of a register that is guarded by a lock: it takes a write only from whoever has the newest
 * fencing token. A document that is written with `fence` is one.
 * @module
 */
import { answered, isRefusal, type Model } from '../model.ts';
import { valueText } from '../value-text.ts';

/** What a write proves its lock with: a lease's token, which grows with every grant, and its owner. */
export interface RegisterFence {
  readonly token: bigint;
  readonly owner: string;
}

/** What a client does to a guarded register; `key` names which one, where there are several. */
export type FencedRegisterOp<Value> =
  /** Answers the value. */
  | { readonly kind: 'read'; readonly key?: string }
  /** Puts the value there unless its fence is stale. Answers whether it did. */
  | {
      readonly kind: 'write';
      readonly key?: string;
      readonly value: Value;
      /** A write without one is refused as soon as there has been one with. */
      readonly fence?: RegisterFence;
    };

/** What a client of a guarded register gets: a value, or whether it was put there. */
export type FencedRegisterResult<Value> = Value | boolean | undefined;

/** A guarded register's state. */
export interface FencedRegisterState<Value> {
  readonly value: Value;
  /** What it was last written with. */
  readonly fence: RegisterFence | undefined;
}

/**
 * A register that compares fencing tokens, or many of them when the operations have a `key`.
 *
 * Once a write with a token was accepted, one with a smaller token is refused, and one with the same
 * token of another owner. A refusal is right only then: whoever has the newest token may write again.
 *
 * @param options.initial - what every register holds at first. Default `undefined`.
 * @example
 * const op = { kind: 'write', value: 8, fence: { token: lease.token, owner: lease.owner } } as const;
 * await history.record('A', op, () => store.write(8, lease).then(() => true, isStale));
 * checkHistory(history.operations, fencedRegisterModel<number>());
 */
export function fencedRegisterModel<Value>(
  options: { readonly initial?: Value } = {},
): Model<FencedRegisterState<Value>, FencedRegisterOp<Value>, FencedRegisterResult<Value>> {
  return {
    name: 'fenced register',
    initial: () => ({ value: options.initial as Value, fence: undefined }),
    step(state, op, outcome) {
      if (op.kind === 'read') {
        return answered<FencedRegisterResult<Value>>(outcome, state.value) ? [state] : [];
      }
      const isAdmitted = admits(state.fence, op.fence);
      if (!answered<FencedRegisterResult<Value>>(outcome, isAdmitted)) return [];
      return [isAdmitted ? { value: op.value, fence: op.fence } : state];
    },
    onlyLooks: (op, outcome) => op.kind === 'read' || isRefusal(outcome, false),
    partition: (op) => op.key,
    describe(op) {
      if (op.kind === 'read') return 'read';
      return `write ${valueText(op.value)}${op.fence === undefined ? '' : ` with ${fenceText(op.fence)}`}`;
    },
    describeState: ({ value, fence }) =>
      `holds ${valueText(value)}, ${fence === undefined ? 'unguarded' : fenceText(fence)}`,
  };
}

function admits(held: RegisterFence | undefined, given: RegisterFence | undefined): boolean {
  if (held === undefined) return true;
  if (given === undefined) return false;
  return held.token < given.token || (held.token === given.token && held.owner === given.owner);
}

function fenceText({ token, owner }: RegisterFence): string {
  return `token ${token}n of ${owner}`;
}
