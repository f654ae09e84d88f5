/**
 * Compares what a run recorded with what the oracle expects, and says every difference in words.
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import type { ActionRecord, AttemptRecord, IterationCounts, Status } from '../../src/index.ts';
import { countsOf, type Expected } from './expected.ts';

/** What records of actions, of iterations and of a whole run have in common. */
export interface Recorded {
  readonly name?: string;
  readonly path?: string;
  readonly index?: number;
  readonly status: Status;
  readonly inputs?: readonly unknown[];
  readonly outputs?: unknown;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  readonly startTime: Date;
  readonly endTime: Date;
  readonly attempts?: readonly AttemptRecord[];
  readonly results: readonly Recorded[];
  readonly iterations?: readonly Recorded[] | undefined;
  readonly repetitions?: readonly Recorded[] | undefined;
  readonly counts?: IterationCounts | undefined;
}

export interface CompareOptions {
  /** When the run started, on the clock's `now()`; undefined where times are not compared. */
  readonly origin: number | undefined;
}

/** What differs, one line each; empty when all is as expected. */
export function differences(
  expected: Expected,
  actual: Recorded,
  options: CompareOptions,
): string[] {
  return [...differencesOf(expected, actual, options)];
}

function* differencesOf(
  expected: Expected,
  actual: Recorded,
  options: CompareOptions,
): Generator<string> {
  const where = expected.path === '' ? 'the run' : expected.path;
  if (actual.status !== expected.status) {
    yield `${where}: is ${actual.status}, must be ${expected.status}`;
    return;
  }
  if (actual.path !== undefined && actual.path !== expected.path) {
    yield `${where}: has the path ${actual.path}`;
  }
  yield* errorDifferences(where, expected, actual);
  if (expected.status === 'Skipped') {
    if ((actual.attempts?.length ?? 0) > 0) yield `${where}: is Skipped and has attempts`;
    if (expected.opaque) yield* notSkipped(actual);
  } else {
    yield* valueDifferences(where, expected, actual);
    yield* timeDifferences(where, expected, actual, options);
  }
  if (expected.opaque) return;
  if (expected.repeats === undefined) {
    yield* childDifferences(where, expected.results, actual.results, options);
  } else {
    yield* repetitionDifferences(where, expected.repeats, actual);
    const counts = countsOf(expected.iterations);
    if (!isDeepStrictEqual(actual.counts, counts)) {
      yield `${where}: counts ${show(actual.counts)}, must count ${show(counts)}`;
    }
    yield* iterationDifferences(where, keptOf(expected), actual.iterations ?? [], options);
  }
}

function* errorDifferences(where: string, expected: Expected, actual: Recorded): Generator<string> {
  if (expected.status === 'Succeeded') {
    if (actual.error !== undefined) yield `${where}: Succeeded, yet it has an error`;
    return;
  }
  const { error } = actual;
  if (typeof error?.code !== 'string' || typeof error.message !== 'string') {
    yield `${where}: ${expected.status}, yet it has no error with code and message`;
  } else if (expected.code !== undefined && error.code !== expected.code) {
    yield `${where}: has the code ${error.code}, must have ${expected.code}`;
  } else if (expected.unmet.length > 0 && !namesOneOf(expected.unmet, error.message)) {
    yield `${where}: says "${error.message}", which does not name ${expected.unmet.join(' or ')}`;
  }
}

function* valueDifferences(where: string, expected: Expected, actual: Recorded): Generator<string> {
  if (actual.inputs !== undefined && !sameValue(actual.inputs, expected.inputs)) {
    yield `${where}: was handed ${show(actual.inputs)}, must be handed ${show(expected.inputs)}`;
  }
  if (!sameValue(actual.outputs, expected.outputs)) {
    yield `${where}: hands over ${show(actual.outputs)}, must hand over ${show(expected.outputs)}`;
  }
  yield* attemptDifferences(where, expected, actual);
}

/** All attempts but the last have failed; the last did as its action. */
function* attemptDifferences(
  where: string,
  { calls, status }: Expected,
  { attempts = [], startTime, endTime }: Recorded,
): Generator<string> {
  const failed = attempts.map(({ error }) => error !== undefined);
  const must = Array.from(
    { length: calls },
    (_, index) => index + 1 < calls || status !== 'Succeeded',
  );
  if (!isDeepStrictEqual(failed, must)) {
    yield `${where}: its attempts failed as ${failed}, must have failed as ${must}`;
  }
  const times = attempts.flatMap((attempt) => [attempt.startTime, attempt.endTime]);
  const inOrder = [startTime, ...times, endTime];
  if (inOrder.some((time, index) => index > 0 && time < (inOrder[index - 1] as Date))) {
    yield `${where}: its attempts are not in order of time, or not within its own`;
  }
}

function namesOneOf(names: readonly string[], message: string): boolean {
  return names.some((name) => message.includes(name));
}

function* timeDifferences(
  where: string,
  expected: Expected,
  { startTime, endTime }: Recorded,
  { origin }: CompareOptions,
): Generator<string> {
  if (origin === undefined) {
    if (startTime > endTime) yield `${where}: ends before it starts`;
    return;
  }
  const start = startTime.getTime() - origin;
  const end = endTime.getTime() - origin;
  if (start !== expected.start) yield `${where}: starts at ${start}, must at ${expected.start}`;
  if (end !== expected.end) yield `${where}: ends at ${end}, must at ${expected.end}`;
}

function* childDifferences(
  where: string,
  expected: readonly Expected[],
  actual: readonly Recorded[],
  options: CompareOptions,
): Generator<string> {
  const found = new Map(actual.map((record) => [record.name, record]));
  if (found.size !== expected.length || actual.length !== expected.length) {
    yield `${where}: has ${actual.length} records, must have ${expected.length}`;
  }
  for (const child of expected) {
    const record = found.get(child.name);
    if (record === undefined) yield `${child.path}: has no record`;
    else yield* differencesOf(child, record, options);
  }
}

/** A loop's results: the iterations once more, by action of the body. */
function* repetitionDifferences(
  where: string,
  names: readonly string[],
  { results, iterations = [] }: Recorded,
): Generator<string> {
  const found = results.map(({ name }) => name).toSorted();
  if (!isDeepStrictEqual(found, names.toSorted())) {
    yield `${where}: its results are of ${found}, must be of ${names}`;
  }
  for (const { name, repetitions = [] } of results) {
    const records = iterations.flatMap((one) => one.results.filter((child) => child.name === name));
    const must = records.map(({ path, status }) => [path, status]);
    const are = repetitions.map(({ path, status }) => [path, status]);
    if (!isDeepStrictEqual(are, must)) yield `${where}: the repetitions of ${name} are others`;
  }
}

function keptOf({ iterations, keep = 'all' }: Expected): readonly Expected[] {
  if (keep === 'summary') return [];
  return keep === 'all' ? iterations : iterations.filter(({ status }) => status !== 'Succeeded');
}

/** Iterations that a stop kept from starting may be left out, but not be anything else than Skipped. */
function* iterationDifferences(
  where: string,
  expected: readonly Expected[],
  actual: readonly Recorded[],
  options: CompareOptions,
): Generator<string> {
  for (const [position, iteration] of expected.entries()) {
    const record = actual[position];
    if (record?.index !== Number(iteration.name)) {
      yield `${where}: iteration ${iteration.name} is missing or not in item order`;
    } else yield* differencesOf(iteration, record, options);
  }
  for (const record of actual.slice(expected.length)) yield* notSkipped(record);
}

/** Whatever a record holds that is not Skipped as it is itself. */
function* notSkipped(record: Recorded): Generator<string> {
  if (record.status !== 'Skipped') yield `${record.path}: is ${record.status}, must be Skipped`;
  for (const inner of [...record.results, ...(record.iterations ?? [])]) yield* notSkipped(inner);
}

/** Compares values; of a result that was handed over only the status and the outputs count. */
export function sameValue(actual: unknown, expected: unknown): boolean {
  return isDeepStrictEqual(reduced(actual), reduced(expected));
}

function reduced(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reduced);
  if (typeof value !== 'object' || value === null || !('status' in value)) return value;
  const { status, outputs } = value as Pick<ActionRecord, 'status' | 'outputs'>;
  return { status, outputs: reduced(outputs) };
}

function show(value: unknown): string {
  return JSON.stringify(reduced(value)) ?? 'nothing';
}
