/**
 * A scope with a failure policy: which branches matter how much, what a failure does to the others, and
 * who hears of what was flagged.
 *
 * Invariant: a scope that is Failed by the leaf rule stays so. A policy decides what a branch is, when the
 * others stop, and who is told. And what is critical fails it, also where only branches that matter less
 * run after it, which the leaf rule does not look at.
 * Read next: failure-policy.ts.
 * @module
 */
import {
  type BodyOf,
  boundedMap,
  type ContainerOptions,
  DefinitionError,
  type Dependency,
  type Flow,
  type Handle,
} from '@runafter/core';
import {
  type Container,
  type ContainerKind,
  container,
  type ShieldedOptions,
  unheardFailure,
} from '@runafter/core/container-kind';
import { checkPolicy, type FailurePolicy, type FlaggedFailure } from './failure-policy.ts';
import { flaggedIn, isNameOfTold, nameOfTold } from './flagged-failures.ts';
import { checkKept } from './kept-records.ts';

interface PolicyOptions {
  readonly policy: FailurePolicy;
}

/** What `onFlagged` is called for, in this order; kept before the first call. */
type Flagged = readonly FlaggedFailure[] | undefined;

type PolicyScope = Container<PolicyOptions, Flagged>;

/** Something in them has failed, so the question whether they are certain to fail makes sense. */
const withFailure = new WeakSet<PolicyScope>();

/** Failures that are told at once. */
const concurrency = 5;

/** As many as a run's own list of flagged failures has. */
const mostTold = 1_000;

const defaults: ShieldedOptions = Object.freeze<ShieldedOptions>({
  retry: { type: 'exponential', count: 4, interval: '7.5s', minimum: '5s', maximum: '45s' },
  timeout: '5m',
});

const policyKind: ContainerKind<PolicyOptions, Flagged> = {
  name: 'policyScope',
  optionNames: ['policy'],
  childCriticality: ({ policy }) => policy.criticality,
  check({ workflow, path, options, children, body }) {
    if (options.policy.onFlagged === undefined) return;
    const place = { workflow, path, kind: 'policyScope' };
    checkNames(children, place);
    checkKept(body, place);
  },
  childEnded(scope, { record }) {
    if (scope.options.policy.rest === 'finish') return;
    if (record?.status === 'Failed' || record?.status === 'TimedOut') withFailure.add(scope);
    if (!withFailure.has(scope)) return;
    const isUnheard = () => record?.status === 'Skipped' && unheardFailure(scope.children);
    if (!scope.failureIsCertain && !isUnheard()) return;
    scope.cancelChildren({
      code: 'POLICY_STOPPED',
      message: `"${scope.path}" is certain to fail, and its policy cancels the rest.`,
    });
  },
  async finish(scope) {
    if (scope.options.policy.onFlagged !== undefined) await tellFlagged(scope);
    const unheard = scope.stopped === undefined ? unheardFailure(scope.children) : undefined;
    // Else the leaf rule decides.
    return unheard && { status: 'Failed', code: unheard.code, message: unheard.message };
  },
};

async function tellFlagged(scope: PolicyScope): Promise<void> {
  const { onFlagged, onFlaggedOptions } = scope.options.policy;
  const flagged = scope.state ?? flaggedOf(scope);
  if (flagged.length === 0) return;
  // The numbers are part of the keys, so they must not change when a process goes on.
  if (scope.state === undefined) await scope.saveState(flagged);
  const { runId, path } = scope;
  await boundedMap(flagged, { concurrency }, (failure, position) =>
    scope.perform(
      nameOfTold(position),
      (context) => onFlagged?.(failure, { ...context, runId, scope: path }),
      { ...defaults, ...onFlaggedOptions },
    ),
  );
}

function flaggedOf({ children }: PolicyScope): readonly FlaggedFailure[] {
  const records = children.flatMap(({ record }) => (record === undefined ? [] : [record]));
  const flagged: FlaggedFailure[] = [];
  for (const failure of flaggedIn(records)) {
    if (flagged.push(failure) === mostTold) break;
  }
  return flagged;
}

/**
 * Adds a scope with a failure policy to a flow. Its status is that of any scope, by the leaf rule, and
 * Failed also where a critical branch has failed and all that runs after it matters less. A failure that
 * something handles, with `failed(x)` or `settled(x)`, dooms nothing.
 *
 * @param policy - `allOrNothing`, `bestEffort`, `graduated`, or one of your own; spread one to change
 *   or add something.
 * @param body - as in `scope`; what it returns is handed over. A branch that is not critical may have
 *   no output, so a body can return only `settled(x)` of it.
 * @throws {DefinitionError} `POLICY_INVALID`: not a policy; `FLAGGED_NOT_KEPT`: with `onFlagged`, a
 *   loop inside would forget important failures; and as `scope`.
 * @example
 * const notified = policyScope(flow, 'Notify', [order], { ...graduated, onFlagged: openTask }, (scope, [order]) => {
 *   scope.action('Book', [order], ([order]) => erp.book(order), { criticality: 'critical' });
 *   scope.action('Mail', [order], ([order]) => mail.confirm(order)); // important
 *   scope.action('Teams', [order], ([order]) => teams.post(order), { criticality: 'optional' });
 * });
 */
export function policyScope<
  In,
  O,
  X,
  const R extends readonly Dependency<NoInfer<O>, unknown>[],
  T = void,
>(
  flow: Flow<In, O, X>,
  name: string,
  runAfter: R,
  policy: FailurePolicy,
  body: BodyOf<In, X, R, T>,
  options: ContainerOptions = {},
): Handle<O, T> {
  checkPolicy(policy, name);
  return container(flow, policyKind, name, runAfter, body, {
    ...options,
    policy: Object.freeze({ ...policy }),
  });
}

function checkNames(
  children: readonly { readonly name: string }[],
  place: { readonly workflow: string; readonly path: string },
): void {
  const taken = children.find(({ name }) => isNameOfTold(name));
  if (taken === undefined) return;
  throw new DefinitionError(
    'NAME_DUPLICATE',
    place,
    `its branch "${taken.name}" has a name that the records of onFlagged get. Give it another name.`,
    { option: 'name', value: taken.name },
  );
}
