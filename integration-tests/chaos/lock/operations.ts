/**
 * What processes do with locks and with what they guard, as it is recorded: in the words of testkit's models.
 *
 * A lock's operations name it by `name` and a document's by `key`, so one journal can hold both.
 * @module
 */
import type {
  FencedRegisterOp,
  FencedRegisterResult,
  MutexOp,
  MutexResult,
  Operation,
} from '@runafter/testkit';

/** An operation on a lock. Its `owner` is one turn of one process, which nobody else has. */
export type LockOp = MutexOp & { readonly name: string };

/** Who writes: a holder that asks its lease first, or one that is past that. */
export type Writer =
  /** With the lease as its fence: what is lost is refused before it is sent. */
  | 'holder'
  /** Awake again, with the very write that it had in hand when it was paused. */
  | 'replay'
  /** Awake again, with a write from what is there now, and the token that it still has. */
  | 'zombie';

/** An operation on a document. Values are the ids of writes. */
export type GuardedOp = FencedRegisterOp<string | undefined> & {
  readonly key: string;
  readonly by?: Writer;
};

export type ChaosOp = LockOp | GuardedOp;
export type ChaosResult = MutexResult | FencedRegisterResult<string | undefined>;

export type LockOperation = Operation<LockOp, MutexResult>;
export type GuardedOperation = Operation<GuardedOp, FencedRegisterResult<string | undefined>>;

/** A write, with what is known of it. */
export interface Write {
  readonly key: string;
  readonly by: Writer;
  readonly token: bigint;
  readonly owner: string;
  readonly invoked: number;
  readonly returned: number;
  readonly answer: 'accepted' | 'refused' | 'not done' | 'unknown';
}

/** Both kinds apart. */
export function separate(operations: readonly Operation<ChaosOp, ChaosResult>[]) {
  return {
    locks: operations.filter(({ op }) => 'name' in op) as LockOperation[],
    documents: operations.filter(({ op }) => 'key' in op) as GuardedOperation[],
  };
}

/** The writes that came with a fence. */
export function writesIn(documents: readonly GuardedOperation[]): Write[] {
  return documents.flatMap(({ op, invoked, returned, outcome }) => {
    if (op.kind !== 'write' || op.by === undefined || op.fence === undefined) return [];
    const { key, by, fence } = op;
    return [{ key, by, ...fence, invoked, returned, answer: answerOf(outcome) }];
  });
}

function answerOf(outcome: GuardedOperation['outcome']): Write['answer'] {
  if (outcome.status === 'ok') return outcome.value === true ? 'accepted' : 'refused';
  return outcome.status === 'failed' ? 'not done' : 'unknown';
}
