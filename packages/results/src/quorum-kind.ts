/**
 * The container kind behind `quorum()`: when it is decided, what becomes of the rest, what it hands over.
 *
 * Invariant: the decision is stored before it has any effect, and once stored it is the quorum's
 * decision, whatever votes still come and in whichever process.
 * Read next: quorum-decision.ts for when a vote is decided, ballot.ts for what a vote is.
 * @module
 */
import type { Child, Container, ContainerKind } from '@runafter/core/container-kind';
import { type Ballot, ballotOf } from './ballot.ts';
import { type Branch, checkBranches, checkOptions, type KindOptions } from './quorum-branches.ts';
import { type Decision, decisionOf, yesNeeded } from './quorum-decision.ts';
import type { NotVoted, Quorum } from './quorum-outcome.ts';

/** The decision once it is made. */
type State = Decision | undefined;

type RunningQuorum = Container<KindOptions, State>;

/** Their decision is on its way into the store; until it is there nobody is cancelled. */
const deciding = new WeakSet<RunningQuorum>();

export const quorumKind: ContainerKind<KindOptions, State> = {
  name: 'quorum',
  optionNames: ['needed', 'vote', 'rest', 'branches'],
  check({ workflow, path, options, children }) {
    const place = { workflow, path, kind: 'quorum' };
    checkBranches(options.branches, children, place);
    checkOptions(options, place);
  },
  // A process that resumes the run tells this again of a vote that may have decided it.
  async childEnded(quorum) {
    if (quorum.stopped !== undefined || deciding.has(quorum)) return;
    if (quorum.state === undefined) {
      const decision = decide(quorum);
      if (decision === undefined) return;
      deciding.add(quorum);
      await quorum.saveState(decision);
      deciding.delete(quorum);
    }
    cancelRest(quorum);
  },
  async finish(quorum) {
    const decision = quorum.state ?? lastDecision(quorum);
    if (decision === undefined) return undefined;
    if (quorum.state === undefined) await quorum.saveState(decision);
    return { status: 'Succeeded', outputs: outcomeOf(quorum, decision) };
  },
};

function decide({ options, children }: RunningQuorum): Decision | undefined {
  const said = { yes: 0, no: 0, nothing: 0 };
  let open = 0;
  for (const child of children) {
    if (child.metadata === undefined) continue;
    const ballot = ballotOf(child, options.vote);
    if (ballot === undefined) open++;
    else said[ballot.says]++;
  }
  const { yes, no } = said;
  return decisionOf(options.needed, { branches: options.branches.length, yes, no, open });
}

/** Once all have ended; undefined where it was stopped from outside before it was decided. */
function lastDecision(quorum: RunningQuorum): Decision | undefined {
  const { stopped } = quorum;
  if (stopped?.isOwnTimeout === false) return undefined;
  const decision = decide(quorum);
  return stopped !== undefined && decision === 'rejected' ? 'timed-out' : decision;
}

function cancelRest(quorum: RunningQuorum): void {
  const { options, path, state } = quorum;
  if (options.rest === 'finish') return;
  quorum.cancelChildren({ code: 'QUORUM_DECIDED', message: `"${path}" is decided: ${state}.` });
}

function outcomeOf({ options, children }: RunningQuorum, decision: Decision): Quorum {
  const { branches, needed, vote } = options;
  const votes: [string, unknown][] = [];
  const said: Record<'yes' | 'no', string[]> = { yes: [], no: [] };
  const notVoted: NotVoted[] = [];
  const childOf = new Map(
    children.map((child) => [(child.metadata as Branch | undefined)?.branch, child]),
  );
  for (const branch of branches) {
    const ballot = ballotOf(childOf.get(branch) as Child, vote) as Ballot;
    if (ballot.says === 'nothing') {
      notVoted.push({ branch, status: ballot.status, error: ballot.error });
    } else {
      votes.push([branch, ballot.vote]);
      said[ballot.says].push(branch);
    }
  }
  return {
    decision,
    needed: yesNeeded(needed, branches.length),
    votes: Object.fromEntries(votes),
    ...said,
    notVoted,
  };
}
