/**
 * A vote among branches that run side by side: decided as soon as enough of them agree.
 * Read next: quorum-kind.ts (what it does), quorum-decision.ts (when a vote is decided).
 * @module
 */
import type { ContainerOptions, Dependency, Flow, Handle, InputsOf } from '@runafter/core';
import { container } from '@runafter/core/container-kind';
import { markBranches } from './quorum-branches.ts';
import type { Needed } from './quorum-decision.ts';
import { quorumKind } from './quorum-kind.ts';
import type { Quorum } from './quorum-outcome.ts';

/** Options of a quorum, beside those of every container. */
export interface QuorumOptions<V> extends ContainerOptions {
  /**
   * How many branches must say yes: a whole number, `majority` (more than half of all branches, also
   * of those that do not vote), or `all`.
   */
  readonly needed: Needed;
  /**
   * Whether the output of a branch is a yes. Asked of each branch that Succeeded, once, and again in a
   * process that resumes the run: it must give the same answer. Where it throws, the branch has not voted.
   */
  readonly vote: (output: V) => boolean;
  /**
   * What becomes of the branches that still run once it is decided: they are told to stop (`cancel`,
   * the default), or go on, and their votes are told too (`finish`). The quorum ends when all have ended.
   */
  readonly rest?: 'cancel' | 'finish';
}

/**
 * Adds a vote among branches to a flow: each branch that the body returns has one, and it is decided as
 * soon as no vote that is still open can change the decision.
 *
 * A branch that fails, is too late or is skipped has no vote; it still counts as a branch, so that a
 * majority is more than half of all. Whatever the branches do, the quorum Succeeds and hands over its
 * {@link Quorum.decision}; with its own `timeout` that is `timed-out` at the latest. A quorum that the
 * run, or something around it, stops before it is decided ends Cancelled or TimedOut.
 *
 * @param options - how many are needed, what a yes is, what becomes of the rest; and those of a scope.
 * @param body - as in `scope`, but returns an object with a handle for each branch that votes. Others
 *   may prepare something for them.
 * @throws {DefinitionError} `OPTION_INVALID`: more needed than there are branches, or no number;
 *   `QUORUM_BRANCHES_INVALID`: not an object with handles of this body; and as `scope`.
 * @example
 * const asked = quorum(flow, 'Ask', [draft],
 *   { needed: 'majority', vote: (answer: Approval) => answer.approved, timeout: '7d' },
 *   (people) => ({
 *     ann: people.waitFor('Ann', [], approval, { correlate: () => 'ann' }),
 *     bob: people.waitFor('Bob', [], approval, { correlate: () => 'bob' }),
 *     cid: people.waitFor('Cid', [], approval, { correlate: () => 'cid' }),
 *   }));
 * flow.action('Publish', [asked], ([{ decision, yes, notVoted }]) => …);
 */
export function quorum<In, O, X, const R extends readonly Dependency<NoInfer<O>, unknown>[], V>(
  flow: Flow<In, O, X>,
  name: string,
  runAfter: R,
  options: QuorumOptions<V[keyof V]>,
  body: <S>(
    branches: Flow<In, S, X>,
    inputs: InputsOf<S, R>,
  ) => { readonly [P in keyof V]: Handle<S, V[P]> },
): Handle<O, Quorum<V>> {
  const branches: string[] = [];
  const writeBody = <S>(inner: Flow<In, S, X>, inputs: InputsOf<S, R>): void => {
    branches.push(...markBranches(body(inner, inputs), name));
  };
  // Refused as any other body that is no function.
  const checked = typeof body === 'function' ? writeBody : body;
  return container(flow, quorumKind, name, runAfter, checked as typeof writeBody, {
    ...(options as QuorumOptions<never>),
    branches,
  }) as Handle<O, unknown> as Handle<O, Quorum<V>>;
}
