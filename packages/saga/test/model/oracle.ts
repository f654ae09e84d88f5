/**
 * What must be true of a saga that has ended, whatever happened to it: judged from what was done to the
 * world, from the plan, and from how its nodes ended. Nothing here is taken from the saga's own code.
 *
 * Each rule gives complaints, as sentences; none when all is well.
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import type { Status } from '@runafter/core';
import type { SagaReport, StepReport } from '@runafter/saga';
import { type EffectEvent, eventsAt } from './effects-log.ts';
import { ancestorsOf, type NodePlan, undoRetries, undoTimeout } from './run-plan.ts';

/** How a node or a saga ended. */
export interface Ended {
  readonly status: Status;
  readonly code: string;
}

/** A saga that has ended, in one item of a run. */
export interface EndedSaga {
  readonly item: number;
  readonly nodes: readonly NodePlan[];
  readonly compensationConcurrency: number;
  readonly grace: number;
  /** By name; undefined where there is no record of it. */
  readonly ended: ReadonlyMap<string, Ended>;
  /** Undefined where it has no report, because it never began. */
  readonly report: SagaReport | undefined;
  /** What was done to the world, of this item. */
  readonly events: readonly EffectEvent[];
  /** How many processes have died. */
  readonly deaths: number;
  /** How it may have been told to stop; an order that came while it was being undone is none. */
  readonly stops: readonly Ended[];
  /**
   * On a real clock: milliseconds by which two moments may be nearer than they should. They may be farther
   * apart by any time, so nothing is judged by that. Undefined on a virtual clock, which is exact.
   */
  readonly slack?: number;
}

export function complaintsAbout(saga: EndedSaga): readonly string[] {
  if (saga.report === undefined) {
    return saga.events.length === 0 ? [] : ['it has done something, and has no report'];
  }
  return [
    ...aboutSteps(saga, saga.report),
    ...aboutUndoing(saga),
    ...aboutOrder(saga),
    ...aboutStopping(saga),
    ...aboutStatus(saga, saga.report),
  ];
}

/** What a report says of each step, against the world. */
function* aboutSteps(saga: EndedSaga, report: SagaReport): Generator<string> {
  const nodes = saga.nodes.filter(hasEffects);
  if (nodes.map(({ name }) => name).join() !== report.steps.map(({ step }) => step).join()) {
    yield `the report is about ${report.steps.map(({ step }) => step).join()}`;
  }
  for (const node of nodes) {
    const step = report.steps.find((one) => one.step === node.name);
    if (step === undefined) continue;
    for (const complaint of aboutStep(saga, node, step)) {
      yield `${node.name}, ${step.status}, is reported ${step.outcome}: ${complaint}`;
    }
  }
}

function* aboutStep(saga: EndedSaga, node: NodePlan, step: StepReport): Generator<string> {
  const events = eventsAt(saga.events, { item: saga.item, step: node.name });
  const settled = events.filter(({ what }) => what === 'settles');
  const undoings = events.filter(({ what }) => what === 'undo-begins');
  const undone = events.findLastIndex(({ what, how }) => what === 'undo-ends' && how === 'ok');
  const inForce = events.slice(undone + 1).some(({ what }) => what === 'takes-effect');
  const { outcome, status } = step;
  const stays = saga.report?.status === 'Succeeded' || isForward(saga) || !node.hasUndo;

  if (saga.ended.get(node.name)?.status !== status) yield 'that is not how it ended';
  if (status === 'Succeeded' && !settled.some(({ how }) => how === 'ok'))
    yield 'it never succeeded';
  if (inForce && (outcome === 'not-needed' || outcome === 'undone')) yield 'its effect is in force';
  if ((outcome === 'done') !== (status === 'Succeeded' && stays)) yield 'wrong about "done"';
  if (stays && undoings.length > 0) yield 'it was undone';
  if (!stays && (outcome === 'undone' || outcome === 'undo-failed') !== undoings.length > 0) {
    yield `it was undone ${undoings.length} times`;
  }
  if (undoings.length > 0 && (outcome === 'undone') !== undone >= 0)
    yield 'its undoing ended otherwise';
  if (outcome === 'undo-failed') yield* aboutGivingUp(saga, events);
  const happened = mayHaveHappened(saga, node, status);
  if (happened !== 'perhaps' && (happened === 'no') !== (outcome === 'not-needed')) {
    yield 'wrong about what may have happened';
  }
}

/** `perhaps`: the world cannot tell what a process that died has begun. */
function mayHaveHappened(
  saga: EndedSaga,
  node: NodePlan,
  status: Status,
): 'yes' | 'no' | 'perhaps' {
  const events = eventsAt(saga.events, { item: saga.item, step: node.name });
  const calls = events.filter(({ what }) => what === 'begins');
  const refusals = events.filter(({ how }) => how === 'not-done');
  if (calls.length === 0) {
    // Stored as begun, by a process that died before it called the handler; or a child that had no time.
    const couldBegin = node.after.every(({ from, accepts }) => {
      const before = saga.ended.get(saga.nodes[from]?.name ?? '')?.status ?? 'Skipped';
      return accepts === 'settled' || (before === 'Succeeded') === (accepts === 'succeeded');
    });
    return couldBegin && (saga.deaths > 0 || node.kind === 'child') ? 'perhaps' : 'no';
  }
  if (refusals.length < calls.length || node.kind === 'child') return 'yes';
  // Told to stop, or in a saga that has Succeeded, a step need not be believed that it has refused.
  const isBelieved =
    status === 'Failed' && saga.deaths === 0 && saga.report?.status !== 'Succeeded';
  return isBelieved ? 'no' : 'perhaps';
}

/** Undoing is given up only when its budget is spent. */
function* aboutGivingUp({ slack }: EndedSaga, events: readonly EffectEvent[]): Generator<string> {
  const ends = events.filter(({ what }) => what === 'undo-ends');
  const last = ends.filter(({ life }) => life === ends.at(-1)?.life);
  const first = events.find(({ what, life }) => what === 'undo-begins' && life === last[0]?.life);
  const took = Number(last.at(-1)?.at) - Number(first?.at);
  const isLate = last.at(-1)?.how === 'stopped' && took >= undoTimeout - (slack ?? 0);
  if (slack === undefined && took > undoTimeout) yield `given up after ${took} ms`;
  if (last.length !== undoRetries + 1 && !isLate) yield `given up after ${last.length} attempts`;
}

/** What is undone, when, by which keys, and how many at once. */
function* aboutUndoing(saga: EndedSaga): Generator<string> {
  const { events, grace, slack = 0 } = saga;
  const keys = new Map<string, string>();
  const undoKeys = new Map<string, string | undefined>();
  const running = new Set<string>();
  const toldToStop = new Map<string, number>();
  const undoing = new Set<string>();
  let life = 0;
  let hasUndone = false;
  for (const event of events) {
    const { what, step, key, undoKey, at, done } = event;
    if (event.life !== life) {
      for (const open of [running, toldToStop, undoing]) open.clear();
      life = event.life;
    }
    // The handler of a child workflow has the key of its own action.
    const ofChild = saga.nodes.some(({ name, kind }) => name === step && kind === 'child');
    const own = ofChild && undoKey === undefined ? key.replace(/\/Do$/, '') : key;
    if ((keys.get(step) ?? own) !== own)
      yield `${step} has the key ${own} and had ${keys.get(step)}`;
    keys.set(step, own);
    if (what === 'begins') {
      if (hasUndone) yield `${step} begins after something was undone`;
      running.add(step);
    }
    if (what === 'told-to-stop') toldToStop.set(step, at);
    if (what === 'settles') running.delete(step);
    if (what === 'undo-ends') undoing.delete(step);
    if (what !== 'undo-begins') continue;
    hasUndone = true;
    for (const other of running) {
      const since = at - (toldToStop.get(other) ?? at);
      if (since < grace - slack)
        yield `${step} is undone while ${other} runs, told ${since} ms before`;
    }
    undoing.add(step);
    if (undoing.size > saga.compensationConcurrency)
      yield `${[...undoing].join()} are undone at once`;
    const before = undoKeys.get(step) ?? undoKey;
    if (before !== undoKey) yield `${step} is undone by the key ${undoKey}, and was by ${before}`;
    undoKeys.set(step, undoKey);
    yield* aboutOutputs(saga, event, done);
  }
  const all = [...keys.values(), ...undoKeys.values()];
  if (new Set(all).size < all.length) yield `keys that come twice: ${all.join()}`;
}

/** A compensation gets what the step has handed over, where it has Succeeded. */
function* aboutOutputs(saga: EndedSaga, { item, step }: EffectEvent, done: EffectEvent['done']) {
  const calls = eventsAt(saga.events, { item, step });
  const outputs = calls.filter(({ what, how }) => what === 'settles' && how === 'ok');
  const hasSucceeded = saga.ended.get(step)?.status === 'Succeeded';
  const isRight = outputs.some(({ call }) => isDeepStrictEqual(done, { outputs: call }));
  if (hasSucceeded ? isRight : isDeepStrictEqual(done, { unknown: true })) return;
  yield `${step} is undone, knowing ${JSON.stringify(done)}`;
}

/** What ran after something is undone before it. */
export function* aboutOrder({ nodes, events }: EndedSaga): Generator<string> {
  const isUndoing = ({ what }: EffectEvent): boolean => what.startsWith('undo');
  for (const [index, ancestors] of ancestorsOf(nodes).entries()) {
    const { name } = nodes[index] as NodePlan;
    const last = events.findLastIndex((event) => event.step === name && isUndoing(event));
    for (const before of ancestors) {
      const { name: earlier } = nodes[before] as NodePlan;
      const first = events.findIndex((event) => event.step === earlier && isUndoing(event));
      if (first >= 0 && first < last)
        yield `${earlier} is undone before ${name}, which ran after it`;
    }
  }
}

/** Where a leaf has failed for good nothing new begins: it would only have to be undone. */
function* aboutStopping(saga: EndedSaga): Generator<string> {
  if (saga.deaths > 0 || saga.slack !== undefined || isForward(saga)) return;
  for (const leaf of saga.nodes.filter((node) => isDecidingLeaf(node, saga))) {
    const hasFailed = /Failed|TimedOut/.test(saga.ended.get(leaf.name)?.status ?? '');
    const settled = eventsAt(saga.events, { item: saga.item, step: leaf.name }).findLast(
      ({ what }) => what === 'settles',
    );
    if (!hasFailed || settled === undefined) continue;
    // A store that is slow may still be told of something else.
    const late = saga.events.find(({ what, at }) => what === 'begins' && at > settled.at + 3_000);
    if (late !== undefined) yield `${late.step} begins long after ${leaf.name} has failed`;
  }
}

/** The status and the code, by the leaf rule and by what could not be undone. */
function* aboutStatus(saga: EndedSaga, { status, code, steps }: SagaReport): Generator<string> {
  const said = `it ended ${status} with ${code}`;
  const isComplete = leavesSucceed(saga);
  const isStopped = saga.stops.some((stop) => stop.status === status && stop.code === code);
  const failures = [...saga.ended.values()].filter((node) => /Failed|TimedOut/.test(node.status));
  if (steps.some(({ outcome }) => outcome === 'undo-failed')) {
    if (status !== 'Failed' || code !== 'COMPENSATION_FAILED') yield `${said}, with undoing failed`;
  } else if (isForward(saga)) {
    const isRight = status === 'Succeeded' ? isComplete : code === 'SAGA_INCOMPLETE';
    const mayBe =
      status === 'Succeeded' || (status === 'Failed' && (!isComplete || saga.stops.length > 0));
    if (!isRight || !mayBe) yield `${said}, past its pivot`;
    const isCut = [...saga.ended.values()].some((node) => node.status === 'Cancelled');
    if (isCut && saga.stops.length === 0) yield `${said}, past its pivot, and stopped a step`;
  } else if (status === 'Succeeded') {
    if (!isComplete) yield `${said}, and a leaf has failed`;
  } else if (status === 'Failed') {
    if (isComplete) yield `${said}, and no leaf has failed`;
    if (!failures.some((node) => node.code === code)) yield `${said}, which is no step's code`;
  } else if (!isStopped) yield `${said}, and nobody told it to`;
}

/** Whether its pivot has Succeeded. */
export function isForward({ nodes, ended }: EndedSaga): boolean {
  const pivot = nodes.find(({ isPivot }) => isPivot);
  return pivot !== undefined && ended.get(pivot.name)?.status === 'Succeeded';
}

/** The leaf rule, and that a critical failure which nobody has heard of counts whatever its leaf is. */
function leavesSucceed({ nodes, ended }: EndedSaga): boolean {
  const failing: boolean[] = [];
  const unheard: boolean[] = [];
  const isSkipped = ({ name }: NodePlan): boolean =>
    (ended.get(name)?.status ?? 'Skipped') === 'Skipped';
  for (const node of nodes) {
    const { name, after, criticality } = node;
    const status = ended.get(name)?.status ?? 'Skipped';
    const isFailure = status !== 'Skipped' && status !== 'Succeeded';
    const isPassedOn = (of: readonly boolean[]) =>
      status === 'Skipped' && after.some(({ from }) => of[from]);
    failing.push(isPassedOn(failing) || isFailure);
    const isHeard = nodes.some(
      (next) => !isSkipped(next) && next.after.some(({ from }) => nodes[from] === node),
    );
    unheard.push(isPassedOn(unheard) || (isFailure && criticality === 'critical' && !isHeard));
  }
  return nodes.every((node, index) => {
    if (isDecidingLeaf(node, { nodes })) return !failing[index];
    const isLeaf = !nodes.some(({ after }) => after.some(({ from }) => nodes[from] === node));
    return !(isLeaf && isSkipped(node) && unheard[index]);
  });
}

function isDecidingLeaf(node: NodePlan, { nodes }: Pick<EndedSaga, 'nodes'>): boolean {
  const isAwaited = nodes.some(({ after }) => after.some(({ from }) => nodes[from] === node));
  return node.criticality === 'critical' && !isAwaited;
}

function hasEffects({ kind }: NodePlan): boolean {
  return kind === 'step' || kind === 'child';
}
