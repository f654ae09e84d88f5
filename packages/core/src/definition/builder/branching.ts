/**
 * The nodes that choose: condition and switch.
 *
 * Both are one thing to the engine, a function that gives the name of a branch; a condition has the
 * branches `then` and `else`.
 * @module
 */
import type { BranchingNode, Handler } from '../definition.ts';
import { DefinitionError } from '../definition-error.ts';
import { checkName } from '../rules/name-rules.ts';
import { checkFunction, checkKeys } from '../rules/option-rules.ts';
import { isThenable, showValue } from '../rules/show-value.ts';
import type { BodyDraft, BranchDraft, NodeDraft } from './draft.ts';
import { type NodeStart, writeBody } from './node-base.ts';

type MakeFlow = (body: BodyDraft) => object;

/** A condition, with its branches written. */
export function conditionNode(
  start: NodeStart,
  test: unknown,
  branches: unknown,
  makeFlow: MakeFlow,
): NodeDraft {
  checkFunction(start.place, 'test', test);
  const bodies = bodiesOf(start, branches);
  checkKeys(start.place, bodies, ['then', 'else'], 'branch');
  if (bodies.then === undefined) throw branchMissing(start, 'it has no branch then');
  return {
    kind: 'condition',
    ...start.base,
    choose: thenOrElse(test as Handler),
    branches: writeBranches(start, bodies, makeFlow),
    otherwise: 'nothing',
  };
}

/** A switch, with its cases written; the case `default` takes all names that have no case. */
export function switchNode(
  start: NodeStart,
  choose: unknown,
  cases: unknown,
  otherwise: Exclude<BranchingNode['otherwise'], object>,
  makeFlow: MakeFlow,
): NodeDraft {
  checkFunction(start.place, 'choose', choose);
  const branches = writeBranches(start, bodiesOf(start, cases), makeFlow);
  if (branches.length === 0) throw branchMissing(start, 'it has no cases');
  const fallback = branches.findIndex((branch) => branch.name === 'default');
  return {
    kind: 'switch',
    ...start.base,
    choose: choose as Handler,
    branches,
    otherwise: fallback === -1 ? otherwise : Object.freeze({ branch: fallback }),
  };
}

function bodiesOf(start: NodeStart, branches: unknown): Readonly<Record<string, unknown>> {
  if (typeof branches === 'object' && branches !== null && !Array.isArray(branches)) {
    return branches as Readonly<Record<string, unknown>>;
  }
  throw branchMissing(start, `its branches are ${showValue(branches)}, not an object`);
}

function writeBranches(
  start: NodeStart,
  bodies: Readonly<Record<string, unknown>>,
  makeFlow: MakeFlow,
): BranchDraft[] {
  // A branch is handed what its condition was handed.
  const inputs = Object.freeze(
    start.labels.map((_, position) => Object.freeze({ from: 'inputs', position } as const)),
  );
  const branches: BranchDraft[] = [];
  for (const [name, body] of Object.entries(bodies)) {
    if (body === undefined) continue;
    checkName(name, 'branch', start.place);
    const address = `${start.base.address}/${name}`;
    branches.push({
      kind: 'branch',
      ...start.base,
      name,
      address,
      index: branches.length,
      waitsFor: 0,
      runAfter: [],
      successors: [],
      inputs,
      criticality: 'critical',
      secureOutputs: false,
      timeout: undefined,
      body: writeBody(start, { kind: 'branch', address }, `branch ${name}`, body, makeFlow),
    });
  }
  return branches;
}

function branchMissing(start: NodeStart, problem: string): DefinitionError {
  return new DefinitionError(
    'BRANCH_MISSING',
    start.place,
    `${problem}. ` +
      (start.place.kind === 'condition'
        ? 'Give it a branch then; a branch else may be left out.'
        : 'Give it a branch for each name; a branch default takes all others.'),
  );
}

function thenOrElse(test: Handler): Handler {
  const choose: Handler = (values, context) => {
    const answer = test(values, context);
    return isThenable(answer) ? Promise.resolve(answer).then(branchFor) : branchFor(answer);
  };
  return Object.defineProperty(choose, 'name', { value: test.name });
}

function branchFor(answer: unknown): 'then' | 'else' {
  return answer ? 'then' : 'else';
}
