/**
 * What a branch of a quorum has said: a yes, a no, or nothing and why.
 * @module
 */
import type { ActionError, Status } from '@runafter/core';
import type { Child } from '@runafter/core/container-kind';
import { toFault } from '@runafter/errors';
import { describeValue, isPromise } from './describe-value.ts';

/** What `vote` made of the output of a branch. */
export type Ballot =
  | { readonly says: 'yes' | 'no'; readonly vote: unknown }
  | { readonly says: 'nothing'; readonly status: Status; readonly error: ActionError };

export type Vote = (output: never) => boolean;

/** Each branch is asked once in a process, however often the votes are counted. */
const ballots = new WeakMap<Child, Ballot>();

/** The ballot of a branch; undefined while it has not ended. */
export function ballotOf(branch: Child, vote: Vote): Ballot | undefined {
  if (branch.record === undefined) return undefined;
  let ballot = ballots.get(branch);
  if (ballot === undefined) {
    ballot = readBallot(branch, branch.record, vote);
    ballots.set(branch, ballot);
  }
  return ballot;
}

function readBallot(
  { name, outputs }: Child,
  { status, error }: NonNullable<Child['record']>,
  vote: Vote,
): Ballot {
  if (status !== 'Succeeded') {
    const { code, message } = error ?? { code: 'UNKNOWN_ERROR', message: `It ended ${status}.` };
    return { says: 'nothing', status, error: { code, message } };
  }
  try {
    const isYes: unknown = vote(outputs as never);
    if (typeof isYes === 'boolean') return { says: isYes ? 'yes' : 'no', vote: outputs };
    // Nobody waits for it, so it must not end the process when it rejects.
    if (isPromise(isYes)) Promise.resolve(isYes).catch(() => undefined);
    return invalid(name, `returned ${describeValue(isYes)}. Return true or false.`);
  } catch (thrown) {
    return invalid(name, `threw: ${toFault(thrown).message}`);
  }
}

function invalid(name: string, problem: string): Ballot {
  const message = `vote of the output of "${name}" ${problem}`;
  return { says: 'nothing', status: 'Succeeded', error: { code: 'VOTE_INVALID', message } };
}
