/**
 * The branches of a quorum while it is defined: which handles vote, by which names, and what is refused.
 * @module
 */
import { DefinitionError, type Handle } from '@runafter/core';
import { type ChildDefinition, setMetadata } from '@runafter/core/container-kind';
import type { Vote } from './ballot.ts';
import { describeValue, isPromise } from './describe-value.ts';
import type { Needed } from './quorum-decision.ts';

/** What the kind behind a quorum is told. */
export interface KindOptions {
  readonly needed: Needed;
  readonly vote: Vote;
  readonly rest?: 'cancel' | 'finish' | undefined;
  /** Names of the branches, in the order of the body. */
  readonly branches: readonly string[];
}

/** What a child keeps that is a branch. */
export interface Branch {
  readonly branch: string;
}

/** Notes on each branch by which name it votes; gives the names. */
export function markBranches(returned: unknown, name: string): readonly string[] {
  const place = { path: name, kind: 'quorum' };
  if (typeof returned !== 'object' || returned === null || isPromise(returned)) {
    throw branchesInvalid(
      place,
      `its body returned ${describeValue(returned)}. ${wanted}`,
      returned,
    );
  }
  const branchOf = new Map<unknown, string>();
  for (const [branch, handle] of Object.entries(returned)) {
    mark(handle, branch, place);
    const other = branchOf.get(handle);
    if (other !== undefined) {
      const problem = `"${other}" and "${branch}" are the same branch. Each branch has one vote.`;
      throw branchesInvalid(place, problem, branch);
    }
    branchOf.set(handle, branch);
  }
  return [...branchOf.values()];
}

const wanted = 'Return an object with a handle for each branch that votes, such as { ann, bob }.';

function mark(handle: unknown, branch: string, place: Place): void {
  try {
    setMetadata(handle as Handle<unknown, unknown>, { branch } satisfies Branch);
  } catch (error) {
    const problem = `"${branch}" is not the handle of an action or container in its body. ${wanted}`;
    throw branchesInvalid(place, problem, handle, error);
  }
}

interface Place {
  readonly workflow?: string;
  readonly path: string;
  readonly kind: string;
}

export function checkBranches(
  branches: readonly string[],
  children: readonly ChildDefinition[],
  place: Place,
): void {
  if (branches.length === 0) {
    throw branchesInvalid(place, `nobody votes. ${wanted}`, branches);
  }
  const found = new Set(children.map(({ metadata }) => (metadata as Branch | undefined)?.branch));
  const foreign = branches.find((branch) => !found.has(branch));
  if (foreign === undefined) return;
  throw branchesInvalid(
    place,
    `"${foreign}" does not stand directly in its body. Return handles of the flow that the body gets.`,
    foreign,
  );
}

export function checkOptions({ needed, vote, rest, branches }: KindOptions, place: Place): void {
  if (typeof vote !== 'function') {
    throw optionInvalid(place, 'vote', vote, 'a function such as (answer) => answer.approved');
  }
  if (rest !== undefined && rest !== 'cancel' && rest !== 'finish') {
    throw optionInvalid(place, 'rest', rest, "'cancel' or 'finish'");
  }
  if (needed === 'majority' || needed === 'all') return;
  if (Number.isInteger(needed) && needed >= 1 && needed <= branches.length) return;
  const most =
    branches.length === 1
      ? '1, for one branch votes'
      : `${branches.length}, for so many branches vote`;
  throw optionInvalid(
    place,
    'needed',
    needed,
    `'majority', 'all' or a whole number from 1 to ${most}`,
  );
}

function optionInvalid(
  place: Place,
  option: string,
  value: unknown,
  accepted: string,
): DefinitionError {
  const problem = `option ${option} is ${describeValue(value)}, but must be ${accepted}.`;
  return new DefinitionError('OPTION_INVALID', place, problem, { option, value });
}

function branchesInvalid(
  place: Place,
  problem: string,
  value: unknown,
  cause?: unknown,
): DefinitionError {
  return new DefinitionError('QUORUM_BRANCHES_INVALID', place, problem, { value, cause });
}
