/**
 * What is wrong with a durable run: by the oracle, by what an uninterrupted run of the same plan says of
 * itself, and by the calls of its handlers.
 * @module
 */
import type { Run, RunResult } from '../../src/index.ts';
import { differences, type Recorded, sameValue } from './compare.ts';
import type { DurableCall } from './durable-journal.ts';
import { runId } from './durable-journal.ts';
import type { DurableRun } from './durable-run.ts';
import { type Expected, everything } from './expected.ts';
import { nothing } from './oracle.ts';
import { everyNode, type Plan } from './plan.ts';

export interface DurableJudgement {
  readonly plan: Plan;
  readonly expected: Expected;
  /** The same plan, run without a store. */
  readonly uninterrupted: DurableRun;
  /** Times are those of the plan: no time has passed between two processes. */
  readonly compareTimes: boolean;
}

/** One line each; empty when all is as it must be. */
export function durableComplaints(durable: DurableRun, judgement: DurableJudgement): string[] {
  const { run, result, readAgain, complaints } = durable;
  if (run === undefined || result === undefined) return ['the run never ends', ...complaints];
  const { plan, uninterrupted, compareTimes } = judgement;
  const records = result as unknown as Recorded;
  const expected = asFarAsKnown(judgement.expected, records);
  const isAllKnown = laidDown(expected) === laidDown(judgement.expected);
  const isWhole = isAllKnown && !dropsIterations(plan);
  const left = [...(compareTimes ? ['usage'] : []), ...(dropsIterations(plan) ? digested : [])];
  const before = uninterrupted.result as RunResult<unknown>;
  return [
    ...complaints,
    ...differences(expected, records, { origin: undefined }),
    ...(compareTimes ? endComplaints(expected, records, durable.origin) : []),
    ...callComplaints(judgement.expected, durable.journal.calls),
    ...(isAllKnown
      ? changes('the result', shownResult(before, left), shownResult(result, left))
      : []),
    ...changes('why()', reasonOf(uninterrupted.run, isWhole), reasonOf(run, isWhole)),
    ...changes('the result, read again,', plain(result, left), plain(readAgain, left)),
  ];
}

/** How much of a run the oracle lays down, as a text that changes with it. */
function laidDown(run: Expected): string {
  return everything(run)
    .map(({ opaque }) => (opaque ? '?' : '.'))
    .join('');
}

/** @param whole - with the failures that did not fail a run that Succeeded; they may not all be known. */
function reasonOf(run: Run<unknown> | undefined, whole: boolean): string | undefined {
  const text = run?.why().text;
  return whole || run?.status !== 'Succeeded' ? text : text?.split('\n')[0];
}

/** Everything that ran ended at its time. Its start may be that of a later call. */
function* endComplaints(expected: Expected, record: Recorded, origin: number): Generator<string> {
  if (expected.opaque) return;
  const end = record.endTime.getTime() - origin;
  if (expected.status !== 'Skipped' && end !== expected.end) {
    yield `${expected.path || 'the run'}: ends at ${end}, must at ${expected.end}`;
  }
  for (const child of expected.results) {
    const found = record.results.find(({ name }) => name === child.name);
    if (found !== undefined) yield* endComplaints(child, found, origin);
  }
  for (const iteration of expected.iterations) {
    const found = iterationIn(record, iteration);
    if (found !== undefined) yield* endComplaints(iteration, found, origin);
  }
}

/** Each handler as often as it must be, and in one process no more often than that. */
function* callComplaints(run: Expected, calls: readonly DurableCall[]): Generator<string> {
  const all = new Map(placed(run, ''));
  const byPath = callsByPath(calls);
  for (const [path, { calls: attempts }] of all) {
    const made = byPath.get(path) ?? [];
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if (!made.some((call) => call.attempt === attempt))
        yield `${path}: attempt ${attempt} is missing`;
    }
  }
  for (const [path, made] of byPath) {
    const expected = all.get(path);
    if (expected === undefined || expected.calls === 0) yield `${path}: was called, and must not`;
    else yield* callsAt(path, expected, made, all);
  }
}

function* callsAt(
  path: string,
  { calls, inputs, item }: Expected,
  made: readonly DurableCall[],
  all: ReadonlyMap<string, Expected>,
): Generator<string> {
  const known = new Set<string>();
  let highest = 0;
  for (const call of made) {
    const { life, attempt, idempotencyKey, values, seen } = call;
    const once = `attempt ${attempt} in process ${life}`;
    if (known.has(once)) yield `${path}: is called twice as ${once}`;
    known.add(once);
    if (attempt > calls || attempt < highest) yield `${path}: ${once} comes out of order`;
    highest = Math.max(highest, attempt);
    if (idempotencyKey !== `${runId}/${path}`) yield `${path}: has the key ${idempotencyKey}`;
    if (!sameValue(values, inputs)) yield `${path}: its handler got other values`;
    if (item !== undefined && call.item !== item) yield `${path}: its handler got another item`;
    for (const { path: at, isBare, value } of seen) {
      const { status, outputs } = all.get(at) as Expected;
      const isRight = sameValue(value, isBare ? outputs : { status, outputs });
      if (!isRight) yield `${path}: its handler saw something else of ${at}`;
    }
  }
}

function callsByPath(calls: readonly DurableCall[]): ReadonlyMap<string, readonly DurableCall[]> {
  const byPath = new Map<string, DurableCall[]>();
  for (const call of calls) byPath.set(call.path, [...(byPath.get(call.path) ?? []), call]);
  return byPath;
}

/** Everything inside, by its path through child workflows. */
function* placed(record: Expected, prefix: string): Generator<[string, Expected]> {
  for (const inner of [...record.results, ...record.iterations]) {
    const path = prefix + inner.path;
    yield [path, inner];
    yield* placed(inner, inner.isChild ? `${path}/` : prefix);
  }
}

const times = ['startTime', 'endTime', 'slowest', 'outliers', 'wait'];

/** What another process has seen of iterations that are not kept is not known any more in all detail. */
const digested = ['usage', 'handledFailures', 'flagged', 'unsettled'];

function dropsIterations({ body }: Plan): boolean {
  return [...everyNode(body)].some(
    (node) => node.kind === 'forEach' && (node.keep ?? 'all') !== 'all',
  );
}

function shownResult(result: RunResult<unknown>, left: readonly string[]): unknown {
  return plain(result, [...times, ...left], isStopped);
}

/** Nobody can say whether an attempt was under way that another process would have made just then. */
function isStopped({ status }: { readonly status?: unknown }): boolean {
  return status === 'TimedOut' || status === 'Cancelled';
}

/**
 * What must be known of something that was told to stop while a process was down, or coming to its end:
 * not whether one more attempt was under way, nor whether the next iterations, or what was ready, had
 * begun.
 */
function asFarAsKnown(expected: Expected, record: Recorded): Expected {
  // What was ready when the order came may have begun in the process that died.
  if (expected.status === 'Skipped' && expected.unmet.length === 0 && isStopped(record)) {
    const { name, path, start, end } = expected;
    return { ...nothing, name, path, start, end, status: record.status, opaque: true };
  }
  const found = record.attempts?.length ?? 0;
  const lacksAttempt = isStopped(expected) && found === expected.calls - 1 && found > 0;
  const iterations = expected.iterations.map((child) => {
    const inside = iterationIn(record, child);
    return inside === undefined ? child : asFarAsKnown(child, inside);
  });
  return {
    ...expected,
    ...(lacksAttempt && { calls: found }),
    results: expected.results.map((child) => {
      const inside = record.results.find(({ name }) => name === child.name);
      return inside === undefined ? child : asFarAsKnown(child, inside);
    }),
    iterations: [...iterations, ...perhapsBegun(expected, record)],
  };
}

/** Of a loop that was stopped, those that may have begun, behind those that had. */
function perhapsBegun(loop: Expected, { counts }: Recorded): readonly Expected[] {
  const { iterations, path, status, start, end } = loop;
  const more = (counts?.total ?? 0) - iterations.length;
  if (!isStopped(loop) || more <= 0) return [];
  return Array.from({ length: more }, (_, position) => {
    const name = String(iterations.length + position);
    const times = { start, end };
    return { ...nothing, ...times, name, path: `${path}[${name}]`, status, opaque: true };
  });
}

function iterationIn({ iterations }: Recorded, { name }: Expected): Recorded | undefined {
  return iterations?.find(({ index }) => String(index) === name);
}

/** As JSON has it, in an order that is always the same, without some fields. */
function plain(
  value: unknown,
  left: readonly string[],
  hasNoAttempts: (record: { readonly status?: unknown }) => boolean = () => false,
): unknown {
  const text = JSON.stringify(value, function (this: { status?: unknown }, key, inner: unknown) {
    if (left.includes(key) || (key === 'attempts' && hasNoAttempts(this))) return undefined;
    return isPaths(key, inner) ? inner.toSorted(byPath) : inner;
  });
  return text === undefined ? undefined : JSON.parse(text);
}

/** Lists of what stands somewhere, in the order in which it happened to end. */
function isPaths(key: string, value: unknown): value is { path?: string }[] {
  return Array.isArray(value) && ['handledFailures', 'flagged', 'unsettled'].includes(key);
}

function byPath(a: { path?: string }, b: { path?: string }): number {
  return String(a.path ?? a) < String(b.path ?? b) ? -1 : 1;
}

/** Where two plain values differ, the first few places. */
function changes(what: string, before: unknown, after: unknown): string[] {
  return [...changesAt('', before, after)]
    .slice(0, 5)
    .map((change) => `${what} differs at ${change}`);
}

function* changesAt(at: string, before: unknown, after: unknown): Generator<string> {
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      yield* changesAt(`${at}.${key}`, before[key], after[key]);
    }
  } else if (before !== after) {
    yield `${at}: ${JSON.stringify(after)}, must be ${JSON.stringify(before)}`;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
