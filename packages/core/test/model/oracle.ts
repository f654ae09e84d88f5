/**
 * The oracle: how every action, container and run of a plan must end, and when.
 *
 * It knows no queue, no counters and no promises. Each body is gone through again and again until
 * nothing changes; each node's end follows from its start and from the one moment at which something
 * around it is told to stop. It is slow and meant to be obvious.
 *
 * Where two things would have to happen at the very same moment for the answer to be clear, it says
 * so in `ties` and the plan is not used. Read next: leaf-rule.ts, then compare.ts.
 * @module
 */
import type { Keep, Status } from '../../src/index.ts';
import { countsOf, type Expected, type ExpectedResult, type ExpectedRun } from './expected.ts';
import { failingLeaves, leafRule } from './leaf-rule.ts';
import {
  type ActionPlan,
  type BodyPlan,
  type BranchingPlan,
  type ChildPlan,
  type DelayPlan,
  entryFor,
  type ForEachPlan,
  type GivenPlan,
  isBare,
  itemAt,
  type NodePlan,
  type Plan,
  type UntilPlan,
  type WaitForPlan,
} from './plan.ts';

/** When something that runs is told to stop, and what becomes of it. */
interface Stop {
  readonly at: number;
  readonly status: 'TimedOut' | 'Cancelled';
}

const never: Stop = { at: Number.POSITIVE_INFINITY, status: 'TimedOut' };
const defaultGrace = 5_000;

/** How the run of a plan must end. */
export function expectRun(plan: Plan): ExpectedRun {
  const ties: string[] = [];
  const cancel: Stop =
    plan.cancelAt === undefined ? never : { at: plan.cancelAt, status: 'Cancelled' };
  const oracle = new Oracle(plan.grace ?? defaultGrace, ties);
  const root: Place = { path: '', address: '', start: 0, stop: cancel, inputs: [] };
  return { ...oracle.container(plan.body, root, '', plan.timeout), ties };
}

/** Where and when something is about to start. */
interface Place {
  readonly path: string;
  /** Its path through the child workflows around it, without the indexes of iterations. */
  readonly address: string;
  readonly start: number;
  /** The first stop of all that is around. */
  readonly stop: Stop;
  /** What the body's container was handed. */
  readonly inputs: readonly unknown[];
  /** Of the loop whose body this is. */
  readonly item?: string;
  readonly index?: number;
  /** Of the innermost loop around, however deep. */
  readonly loopIndex?: number;
  readonly loopItem?: string | undefined;
}

class Oracle {
  readonly #grace: number;
  readonly #ties: string[];

  constructor(grace: number, ties: string[]) {
    this.#grace = grace;
    this.#ties = ties;
  }

  /** A body as a whole: what a scope, an iteration, a branch and a run are. */
  container(body: BodyPlan, outside: Place, name: string, timeout?: number): Expected {
    const place = { ...outside, stop: this.#firstStop(outside, timeout) };
    const results = this.#children(body, place);
    const end = lastEnd(results, place.start);
    const child = (wanted: string) => results.find((result) => result.name === wanted) as Expected;
    const wasStopped = isStopped(results, place.stop);
    const status = wasStopped ? place.stop.status : leafRule(body, (one) => child(one).status);
    return this.#ended(outside, place.stop, wasStopped, {
      ...nothing,
      name,
      path: place.path,
      status,
      start: place.start,
      end,
      inputs: place.inputs,
      outputs: status === 'Succeeded' ? outputOf(body, child) : undefined,
      results,
    });
  }

  /** Goes over the nodes, in no particular order, until no further one can be decided. */
  #children(body: BodyPlan, place: Place): Expected[] {
    const decided = new Map<string, Expected>();
    for (let size = -1; size < decided.size; ) {
      size = decided.size;
      for (const node of [...body.nodes].reverse()) {
        const before = node.runAfter.map(({ from }) => decided.get(from));
        if (decided.has(node.name) || before.includes(undefined)) continue;
        const child = this.#inBody(node, before as Expected[], place);
        decided.set(node.name, {
          ...child,
          runsAfter: node.runAfter.map(({ from }) => from),
          isImportant: node.criticality === 'important',
        });
      }
    }
    const deciding = failingLeaves(body, (name) => (decided.get(name) as Expected).status);
    return body.nodes.map(({ name }) => ({
      ...(decided.get(name) as Expected),
      isFailingLeaf: deciding.has(name),
    }));
  }

  #inBody(node: NodePlan, before: readonly Expected[], around: Place): Expected {
    const ready = lastEnd(before, around.start);
    const path = join(around.path, node.name);
    const unmet = before.filter(({ status }, position) => {
      const accepts: readonly Status[] = node.runAfter[position]?.accepts ?? [];
      return !accepts.includes(status);
    });
    if (ready >= around.stop.at) return skipped(node, path, around.stop.at);
    if (unmet.length > 0) {
      return { ...skipped(node, path, ready), unmet: unmet.map(({ name }) => name) };
    }
    const inputs = [
      ...node.runAfter.map((edge, position) =>
        isBare(edge) ? before[position]?.outputs : resultOf(before[position] as Expected),
      ),
      ...node.given.map((given) => givenValue(given, around)),
    ];
    const { item: _, index: __, ...loopless } = around;
    const address = join(around.address, node.name);
    return this.#node(node, { ...loopless, path, address, start: ready, inputs });
  }

  #node(node: NodePlan, place: Place): Expected {
    switch (node.kind) {
      case 'action':
        return this.#action(node, place);
      case 'delay':
        return this.#delay(node, place);
      case 'scope':
        return this.container(node.body, place, node.name, node.timeout);
      case 'condition':
      case 'switch':
        return this.#branching(node, place);
      case 'forEach':
        return this.#forEach(node, place);
      case 'until':
        return this.#until(node, place);
      case 'waitFor':
        return this.#waitFor(node, place);
      case 'child':
        return this.#childWorkflow(node, place);
    }
  }

  #action(node: ActionPlan, place: Place): Expected {
    const behaviour = entryFor(node.behaviours, place.loopIndex);
    const stop = this.#firstStop(place, node.timeout);
    const mostCalls = 1 + (node.retry?.count ?? 0);
    const record = { ...nothing, ...startOf(node.name, place), item: place.loopItem };
    for (let calls = 1, start = place.start; ; calls++) {
      const end = start + behaviour.takes;
      if (end === stop.at) this.#tie(place.path, end);
      if (end > stop.at) {
        const settled = behaviour.onAbort === 'ignores' ? end : stop.at + behaviour.onAbort;
        const patience = stop.at + this.#grace;
        if (settled === patience) this.#tie(place.path, settled);
        return this.#ended(place, stop, true, {
          ...record,
          status: stop.status,
          end: Math.min(settled, patience),
          calls,
          unsettled: settled > patience,
        });
      }
      const throws = calls <= behaviour.throwsFirst || behaviour.ends === 'throws';
      if (!throws || calls === mostCalls) {
        const status = throws ? 'Failed' : 'Succeeded';
        const outputs = throws ? undefined : outputAt(place.path);
        return this.#ended(place, stop, false, { ...record, status, end, calls, outputs });
      }
      start = end + (node.retry?.interval ?? 0);
      if (start === stop.at) this.#tie(place.path, start);
      if (start > stop.at) {
        const stopped = { ...record, status: stop.status, end: stop.at, calls };
        return this.#ended(place, stop, true, stopped);
      }
    }
  }

  #delay({ name, duration }: DelayPlan, place: Place): Expected {
    if (duration === 'throws') {
      return { ...nothing, ...startOf(name, place), status: 'Failed' };
    }
    const end = place.start + duration;
    const wasStopped = end > place.stop.at;
    return this.#ended(place, place.stop, wasStopped, {
      ...nothing,
      ...startOf(name, place),
      status: wasStopped ? place.stop.status : 'Succeeded',
      end: Math.min(end, place.stop.at),
    });
  }

  /** The signal may be there already; it is handed over at once then. */
  #waitFor({ name, arrives, timeout }: WaitForPlan, outside: Place): Expected {
    const stop = this.#firstStop(outside, timeout);
    const end = Math.max(outside.start, entryFor(arrives, outside.loopIndex));
    if (end === stop.at) this.#tie(outside.path, end);
    const wasStopped = end > stop.at;
    return this.#ended(outside, stop, wasStopped, {
      ...nothing,
      ...startOf(name, outside),
      status: wasStopped ? stop.status : 'Succeeded',
      end: Math.min(end, stop.at),
      outputs: wasStopped ? undefined : payloadFor(outside.address, outside.loopIndex),
    });
  }

  #childWorkflow({ name, body, timeout }: ChildPlan, outside: Place): Expected {
    const { path, address, start, stop, inputs } = outside;
    const inside: Place = { path: '', address, start, stop, inputs: [] };
    const run = this.container(body, inside, name, timeout);
    return { ...run, path, inputs, isChild: true };
  }

  #branching(node: BranchingPlan, outside: Place): Expected {
    const record = { ...nothing, ...startOf(node.name, outside) };
    const choice = entryFor(node.choices, outside.loopIndex);
    const untaken = Object.keys(node.branches)
      .filter((branch) => branch !== choice)
      .map((branch) => ({
        ...skippedAs(branch, join(outside.path, branch), outside.start),
        code: choice === 'throws' ? undefined : 'BRANCH_NOT_TAKEN',
      }));
    if (choice === 'throws') return { ...record, status: 'Failed', results: untaken };
    const body = node.branches[choice];
    if (body === undefined) return { ...record, status: 'Succeeded', results: untaken };
    const stop = this.#firstStop(outside, node.timeout);
    const { path, address } = outside;
    const place = { ...outside, stop, path: join(path, choice), address: join(address, choice) };
    const branch = this.container(body, place, choice);
    return this.#ended(outside, stop, isStopped([branch], stop), {
      ...record,
      status: branch.status,
      end: branch.end,
      outputs: branch.outputs,
      results: [...untaken, branch],
    });
  }

  #forEach(node: ForEachPlan, outside: Place): Expected {
    const { keep = 'all' } = node;
    const repeats = namesIn(node.body);
    const record = { ...nothing, ...startOf(node.name, outside), repeats, keep };
    if (node.items === 'throws') return { ...record, status: 'Failed' };
    const stop = this.#firstStop(outside, node.timeout);
    const iterations: Expected[] = [];
    for (let index = 0; index < node.items; index++) {
      const start = slotFree(iterations, node.concurrency ?? 1, outside.start);
      if (start >= stop.at) break;
      const inside = { ...outside, stop, start, path: `${outside.path}[${index}]` };
      const item = itemAt(index);
      const loop = { index, item, loopIndex: index, loopItem: item };
      iterations.push(this.container(node.body, { ...inside, ...loop }, String(index)));
    }
    const wasStopped = isStopped(iterations, stop);
    const failed = iterations.some(({ status }) => status !== 'Succeeded');
    const verdict = failed ? 'Failed' : 'Succeeded';
    const status = wasStopped ? stop.status : verdict;
    const outputs = status === 'Succeeded' ? loopOutputs(iterations, keep) : undefined;
    const end = lastEnd(iterations, outside.start);
    return this.#ended(outside, stop, wasStopped, { ...record, status, end, outputs, iterations });
  }

  #until(node: UntilPlan, outside: Place): Expected {
    const record = { ...nothing, ...startOf(node.name, outside), repeats: namesIn(node.body) };
    if (node.throwsIn === 'initial') return { ...record, status: 'Failed' };
    const iterations: Expected[] = [];
    let state: unknown = initialState;
    for (let index = 0; ; index++) {
      const start = lastEnd(iterations, outside.start);
      const inside = { ...outside, start, path: `${outside.path}[${index}]` };
      const round = this.container(
        node.body,
        { ...inside, index, loopIndex: index, loopItem: undefined },
        String(index),
      );
      iterations.push(round);
      const { end } = round;
      const ended = { ...record, end, iterations };
      if (isStopped([round], outside.stop)) {
        const status = outside.stop.status;
        return this.#ended(outside, outside.stop, true, { ...ended, status });
      }
      if (round.status === 'Succeeded') state = round.outputs;
      if (round.status === 'Succeeded' && node.throwsIn === 'done') {
        return this.#ended(outside, outside.stop, false, { ...ended, status: 'Failed' });
      }
      const isDone = round.status === 'Succeeded' && index >= node.doneAfter;
      if (!isDone && index + 1 < node.maxIterations) continue;
      const isAccepted = isDone || (node.onLimit === 'succeed' && round.status === 'Succeeded');
      return this.#ended(outside, outside.stop, false, {
        ...ended,
        status: isAccepted ? 'Succeeded' : 'Failed',
        outputs: isAccepted ? state : undefined,
      });
    }
  }

  /** The earlier of what is around and the node's own time-out. */
  #firstStop({ path, start, stop }: Place, timeout: number | undefined): Stop {
    if (timeout === undefined) return stop;
    const own: Stop = { at: start + timeout, status: 'TimedOut' };
    if (own.at === stop.at) this.#tie(path, own.at);
    return own.at < stop.at ? own : stop;
  }

  /** Something ends at the moment of a stop around it, but not because of that stop: a tie. */
  #ended(outside: Place, stop: Stop, wasStopped: boolean, record: Expected): Expected {
    const isItsDoing = wasStopped && stop === outside.stop;
    if (record.end === outside.stop.at && !isItsDoing) this.#tie(record.path, record.end);
    return record;
  }

  #tie(path: string, at: number): void {
    this.#ties.push(`${path} at ${at} ms`);
  }
}

/** What a handler returns: its own path, so that nothing can be mixed up. */
export function outputAt(path: string): string {
  return `output of ${path}`;
}

/** What the signals carry that are meant for a wait, and what they are meant by. */
export function payloadFor(address: string, index: number | undefined): string {
  return `signal for ${address} ${index ?? ''}`;
}

/** What an until begins with. */
export const initialState = 'initial state';

/** A result, reduced to what is compared. */
function resultOf({ status, outputs }: Expected): ExpectedResult {
  return { status, outputs };
}

/** Of whatever has no more to tell. */
export const nothing = {
  unmet: [],
  runsAfter: [],
  isImportant: false,
  isFailingLeaf: false,
  inputs: [],
  outputs: undefined,
  calls: 0,
  unsettled: false,
  results: [],
  iterations: [],
  opaque: false,
} as const;

function startOf(name: string, { path, start, inputs }: Place) {
  return { name, path, start, end: start, inputs };
}

function skippedAs(name: string, path: string, at: number): Expected {
  return { ...nothing, name, path, status: 'Skipped', start: at, end: at, opaque: true };
}

/** What was not started, with everything inside it. */
function skipped(node: NodePlan, path: string, at: number): Expected {
  if (node.kind !== 'scope') return skippedAs(node.name, path, at);
  const results = node.body.nodes.map((child) => ({
    ...skipped(child, join(path, child.name), at),
    code: 'PARENT_SKIPPED',
  }));
  return { ...skippedAs(node.name, path, at), results, opaque: false };
}

function outputOf({ output }: BodyPlan, child: (name: string) => Expected): unknown {
  if (output === undefined) return undefined;
  const record = child(output.child);
  return output.as === 'outputs' ? record.outputs : resultOf(record);
}

/** What a loop that Succeeded hands over. */
function loopOutputs(iterations: readonly Expected[], keep: Keep): unknown {
  if (keep === 'all') return iterations.map((one) => one.outputs);
  const counts = countsOf(iterations);
  return keep === 'failures' ? { counts, failures: [] } : counts;
}

function givenValue(given: GivenPlan, { inputs, item, index }: Place): unknown {
  if (given === 'item') return item;
  if (given === 'index') return index;
  return inputs[given];
}

function namesIn({ nodes }: BodyPlan): string[] {
  return nodes.map(({ name }) => name);
}

function lastEnd(records: readonly Expected[], start: number): number {
  return Math.max(start, ...records.map(({ end }) => end));
}

/** A container is stopped when not all inside it had ended by then. */
function isStopped(inside: readonly Expected[], stop: Stop): boolean {
  return inside.some(({ end }) => end >= stop.at);
}

/** The first moment from which fewer than `window` of the earlier iterations run. */
function slotFree(earlier: readonly Expected[], window: number, loopStart: number): number {
  const running = (at: number) => earlier.filter(({ start, end }) => start <= at && at < end);
  const moments = [loopStart, ...earlier.flatMap(({ start, end }) => [start, end])];
  const after = Math.max(loopStart, ...earlier.map(({ start }) => start));
  const free = moments.filter((at) => at >= after && running(at).length < window);
  return Math.min(...free);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}
