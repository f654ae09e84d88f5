/**
 * The model of a lock: one holder at a time, and a fencing token that grows with every acquisition.
 * @module
 */
import { answeredIfAtAll, isRefusal, type Model } from '../model.ts';

/** What a client does to a lock; `name` tells which one, where there are several. */
export type MutexOp = { readonly name?: string; readonly owner: string } & (
  | /** Answers the fencing token, or undefined when somebody holds the lock. */ {
      readonly kind: 'acquire';
    }
  /** Answers whether the owner held the lock, by this token if given, until then; undefined says nothing. */
  | { readonly kind: 'release'; readonly token?: bigint }
  /** The lease ran out: record it with `mayHappen` where that can be. */
  | { readonly kind: 'expire'; readonly token?: bigint }
);

/** What a client of a lock gets. */
export type MutexResult = bigint | boolean | undefined;

/** A lock's state. */
export interface MutexState {
  readonly holder: string | undefined;
  /** The highest token that anybody saw. */
  readonly token: bigint;
}

/**
 * A lock with fencing tokens.
 *
 * A token must be greater than every one before it. An acquire without a token was refused, which is
 * right only while somebody holds the lock; a lock is not reentrant.
 *
 * @example
 * await history.record('A', { kind: 'acquire', owner: 'A' }, async () => (await lock.tryAcquire('x'))?.token);
 */
export function mutexModel(): Model<MutexState, MutexOp, MutexResult> {
  return {
    name: 'lock',
    initial: () => ({ holder: undefined, token: 0n }),
    step({ holder, token }, op, outcome) {
      if (op.kind !== 'acquire') {
        const held = holder === op.owner && (op.token ?? token) === token;
        if (!answeredIfAtAll<MutexResult>(outcome, held)) return [];
        return [{ holder: held ? undefined : holder, token }];
      }
      if (outcome.status === 'unknown') {
        return holder === undefined ? [{ holder: op.owner, token }] : [{ holder, token }];
      }
      if (outcome.value === undefined) return holder === undefined ? [] : [{ holder, token }];
      if (holder !== undefined || typeof outcome.value !== 'bigint') return [];
      return outcome.value > token ? [{ holder: op.owner, token: outcome.value }] : [];
    },
    onlyLooks: (op, outcome) => isRefusal(outcome, op.kind === 'acquire' ? undefined : false),
    key: ({ holder, token }) => `${token} ${holder ?? ''}`,
    partition: (op) => op.name,
    describe: ({ kind, owner }) => `${kind} for ${owner}`,
    describeState: ({ holder, token }) =>
      holder === undefined
        ? `is free, last token ${token}n`
        : `is held by ${holder}, token ${token}n`,
  };
}
