/**
 * A vote among branches that run side by side: decided as soon as enough of them agree.
 *
 * Invariant: the decision is stored before it has any effect, and once stored it is the quorum's
 * decision, whatever votes still come and in whichever process.
 * Read next: quorum-decision.ts for when a vote is decided, ballot.ts for what a vote is.
 * @module
 */
import {
  type ActionError,
  type ContainerOptions,
  DefinitionError,
  type Dependency,
  type Flow,
  type Handle,
  type InputsOf,
  type Status,
} from '@runafter/core';
import {
  type Child,
  type ChildDefinition,
  type Container,
  type ContainerKind,
  container,
  setMetadata,
} from '@runafter/core/container-kind';
import { type Ballot, ballotOf, type Vote } from './ballot.ts';
import { describeValue, isPromise } from './describe-value.ts';
import { type Decision, decisionOf, type Needed, yesNeeded } from './quorum-decision.ts';

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

/** A branch that has no vote, and why. */
export interface NotVoted<B extends string = string> {
  readonly branch: B;
  /** How it ended: `Cancelled` with QUORUM_DECIDED where nobody waited for it any more. */
  readonly status: Status;
  readonly error: ActionError;
}

/** What a quorum hands over. V: what each branch hands over, by its name. */
export interface Quorum<V = Readonly<Record<string, unknown>>> {
  /** Once it is made it never changes, also when later votes would have made another. */
  readonly decision: Decision;
  /** How many yes it took. */
  readonly needed: number;
  /** What those handed over that voted. With `rest: 'finish'` also those that voted after the decision. */
  readonly votes: Readonly<Partial<V>>;
  /** Who said yes, in the order of the body. */
  readonly yes: readonly NameIn<V>[];
  readonly no: readonly NameIn<V>[];
  readonly notVoted: readonly NotVoted<NameIn<V>>[];
}

type NameIn<V> = Extract<keyof V, string>;

interface KindOptions {
  readonly needed: Needed;
  readonly vote: Vote;
  readonly rest?: 'cancel' | 'finish' | undefined;
  /** Names of the branches, in the order of the body. */
  readonly branches: readonly string[];
}

/** The decision once it is made. */
type State = Decision | undefined;

type RunningQuorum = Container<KindOptions, State>;

/** What a child keeps that is a branch. */
interface Branch {
  readonly branch: string;
}

/** Their decision is on its way into the store; until it is there nobody is cancelled. */
const deciding = new WeakSet<RunningQuorum>();

const quorumKind: ContainerKind<KindOptions, State> = {
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

/** Notes on each branch by which name it votes; gives the names. */
function markBranches(returned: unknown, name: string): readonly string[] {
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

function checkBranches(
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

function checkOptions({ needed, vote, rest, branches }: KindOptions, place: Place): void {
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
