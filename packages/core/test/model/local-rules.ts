/**
 * The rules that hold between the records of a run whatever the time: used where it is left to chance
 * when handlers begin, so that the oracle cannot say how the run must end.
 * @module
 */
import type { Status } from '../../src/index.ts';
import type { Recorded } from './compare.ts';
import type { Journal } from './journal.ts';
import { failingLeaves } from './leaf-rule.ts';
import type { BodyPlan, NodePlan, Plan } from './plan.ts';

/** Where the records of a run contradict one another, its plan or its journal; one line each. */
export function ruleComplaints({ body }: Plan, run: Recorded, journal: Journal): string[] {
  return [...containerComplaints(body, run, '', journal)];
}

/** The leaf rule, for a container that nothing has stopped; and the rules inside. */
function* containerComplaints(
  body: BodyPlan,
  container: Recorded,
  path: string,
  journal: Journal,
): Generator<string> {
  const where = path === '' ? 'the run' : path;
  const records = new Map(container.results.map((record) => [record.name, record]));
  const recordOf = (name: string) => records.get(name) as Recorded;
  const missing = body.nodes.filter(({ name }) => !records.has(name));
  if (missing.length > 0) {
    yield `${where}: has no record of ${missing.map(({ name }) => name)}`;
    return;
  }
  const wasStopped = container.status === 'TimedOut' || container.status === 'Cancelled';
  if (!wasStopped) {
    const failing = failingLeaves(body, (name) => recordOf(name).status).size > 0;
    const must = failing ? 'Failed' : 'Succeeded';
    if (container.status !== must) yield `${where}: is ${container.status}, must be ${must}`;
  }
  for (const node of body.nodes) {
    const record = recordOf(node.name);
    yield* edgeComplaints(node, record, recordOf, wasStopped);
    yield* nodeComplaints(node, record, journal);
  }
}

/** An action runs exactly when all its edges are satisfied, and only after all of them have ended. */
function* edgeComplaints(
  node: NodePlan,
  record: Recorded,
  recordOf: (name: string) => Recorded,
  wasStopped: boolean,
): Generator<string> {
  const before = node.runAfter.map((edge) => ({ edge, predecessor: recordOf(edge.from) }));
  const unmet = before.filter(
    ({ edge, predecessor }) => !(edge.accepts as readonly Status[]).includes(predecessor.status),
  );
  const [first] = unmet;
  if (record.status === 'Skipped') {
    if (first === undefined && !wasStopped) yield `${record.path}: is Skipped without a reason`;
    return;
  }
  if (first !== undefined) {
    yield `${record.path}: ran, although ${first.edge.from} is ${first.predecessor.status}`;
  }
  for (const { edge, predecessor } of before) {
    if (record.startTime < predecessor.endTime)
      yield `${record.path}: began before ${edge.from} ended`;
  }
}

function* nodeComplaints(node: NodePlan, record: Recorded, journal: Journal): Generator<string> {
  const path = record.path as string;
  if (record.status === 'Skipped') {
    yield* callsInside(path, journal);
    return;
  }
  switch (node.kind) {
    case 'action': {
      const calls = journal.callsOf(path).length;
      if (record.status === 'Succeeded' && calls === 0) yield `${path}: Succeeded without a call`;
      if (calls > 1 && node.retry === undefined) yield `${path}: was called ${calls} times`;
      return;
    }
    case 'delay':
    case 'waitFor':
    case 'child':
      return;
    case 'scope':
      return yield* containerComplaints(node.body, record, path, journal);
    case 'condition':
    case 'switch':
      for (const branch of record.results) {
        if (branch.status === 'Skipped') yield* callsInside(branch.path as string, journal);
        else yield* branchComplaints(node.branches[branch.name as string], branch, journal);
      }
      return;
    case 'forEach':
    case 'until':
      for (const iteration of record.iterations ?? []) {
        const at = `${path}[${iteration.index}]`;
        if (iteration.status === 'Skipped') yield* callsInside(at, journal);
        else yield* containerComplaints(node.body, iteration, at, journal);
      }
  }
}

function* branchComplaints(
  body: BodyPlan | undefined,
  branch: Recorded,
  journal: Journal,
): Generator<string> {
  const path = branch.path as string;
  if (body === undefined) yield `${path}: is no branch`;
  else yield* containerComplaints(body, branch, path, journal);
}

/** Nothing in there may have been called. */
function* callsInside(path: string, journal: Journal): Generator<string> {
  for (const called of journal.paths) {
    const isInside =
      called === path || called.startsWith(`${path}/`) || called.startsWith(`${path}[`);
    if (isInside) yield `${called}: was called, but ${path} is Skipped`;
  }
}
