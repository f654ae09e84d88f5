/**
 * What a test of the suite works with: a place, two connections to it, and short ways to write what
 * the tests write most.
 * @module
 */
import type {
  LeaseRequest,
  NewRun,
  NewSignal,
  OutcomeEntry,
  Place,
  Recorded,
  RunEnd,
  RunStore,
  StoredOutcome,
  Writer,
} from '../ports/run-store.ts';
import type { RunStorePlace } from './run-store-harness.ts';

/** Filled anew before each test. */
export interface Setting {
  place: RunStorePlace;
  store: RunStore;
  /** A second connection, as another process would have it. */
  other: RunStore;
}

export const minute = 60_000;

/** How the run ends where it does not matter how. */
export const anEnd: RunEnd = { status: 'Succeeded', endTime: 9_000 };

export function aRun(runId: string, changes: Partial<NewRun> = {}): NewRun {
  return {
    runId,
    workflow: 'Fulfil_Order',
    definition: '{"actions":[]}',
    input: '{"sku":"A-17"}',
    keyRoot: runId,
    startTime: 1_000,
    ...changes,
  };
}

/** A lease of one minute. */
export function aLease(holder: string, ttl: number = minute): LeaseRequest {
  return { holder, ttl };
}

export function anOutcome(
  frame: string,
  key: string | number,
  changes: Partial<StoredOutcome> = {},
): StoredOutcome {
  return { frame, key, status: 'Succeeded', attempt: 1, startTime: 1, endTime: 2, ...changes };
}

/** What a delivery reports. */
export function aReport(
  { frame, key }: Place,
  attempt: number,
  delivery: number,
  changes: Partial<NewSignal> = {},
): NewSignal {
  const reported = { frame, key, attempt, delivery };
  return { event: 'ended', payload: '{}', delivery: reported, ...changes };
}

/** Creates a run, held by `creator`. */
export async function create(
  store: RunStore,
  runId: string,
  changes: Partial<NewRun> = {},
): Promise<Writer> {
  const created = await store.createRun(aRun(runId, changes), aLease('creator'));
  if (created.state !== 'created') throw new Error(`The run ${runId} was there before.`);
  return { runId, token: created.token };
}

/** Acquires the lease of a run that is free to take. */
export async function takeOver(store: RunStore, runId: string, holder: string): Promise<Writer> {
  const answer = await store.acquireLease(runId, aLease(holder));
  if (answer.state !== 'granted') throw new Error(`${holder} got "${answer.state}" for ${runId}.`);
  return { runId, token: answer.token };
}

/** Records an outcome that changes nothing else, unless said. */
export function record(
  store: RunStore,
  writer: Writer,
  outcome: StoredOutcome,
  changes: Partial<OutcomeEntry> = {},
): Promise<Recorded> {
  return store.recordOutcome(writer, { outcome, ...changes });
}

/** As many results as `count`, of calls that are all made before the first one has answered. */
export function atOnce<T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(index)));
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
