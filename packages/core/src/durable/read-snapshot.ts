/**
 * `readSnapshot()`: how a run in a store stands, whoever works on it, without its workflow.
 *
 * Invariant: what has ended is brought back by the code that a resume uses, and explained by the code
 * that explains a run in memory, so both say the same. Nothing is written.
 * Read next: revived-definition.ts, revival.ts, open-work.ts.
 * @module
 */
import { type Clock, systemClock } from '@runafter/clock';
import { EventHub } from '../engine/events.ts';
import { Mailbox } from '../engine/mailbox.ts';
import { explainRun } from '../engine/records/explain.ts';
import { RunEngine } from '../engine/run-engine.ts';
import type { RunStore, StoredRun } from '../ports/run-store.ts';
import { type RunSnapshot, type SnapshotOptions, snapshotOf } from '../snapshot.ts';
import { statusBits } from '../status.ts';
import type { Cipher } from './cipher.ts';
import { currentDefinition } from './current-definition.ts';
import { RunShapeUnknownError } from './durable-errors.ts';
import { knownRun } from './open-run.ts';
import { OpenWork } from './open-work.ts';
import { Revival } from './revival.ts';
import { revivedDefinition } from './revived-definition.ts';
import { RunJournal } from './run-journal.ts';
import { RunSignals } from './run-signals.ts';
import { PublicSealing } from './sealing.ts';
import { hasShape, type StoredDefinition } from './stored-definition.ts';
import { mostTelling } from './telling-iterations.ts';

export interface ReadSnapshotOptions extends SnapshotOptions {
  /**
   * At most so many iterations of each loop: those that did not succeed first, then the slowest.
   * Default 20,000.
   */
  readonly maxIterations?: number;
  /**
   * The cipher of a run with secure values. They are in no snapshot, but attempts of secure actions and
   * what is known of secure containers are encrypted with them, and missing without it.
   */
  readonly cipher?: Cipher;
  /** What tells how long a run has gone on that has not ended. Default: the system's. */
  readonly clock?: Clock;
}

/** Bounds the memory that a loop of a million items takes. */
const defaultMaxIterations = 20_000;

/**
 * Reads a run. What is not in a store is not in the snapshot: of an action that runs, when it started (it
 * counts from when it could), and of a loop that runs, the iterations that have not ended.
 *
 * @throws {RunUnknownError} `RUN_UNKNOWN`, as a rejection.
 * @throws {RunShapeUnknownError} `RUN_SHAPE_UNKNOWN`, as a rejection: an earlier version stored the run, and kept
 *   too little of its definition.
 * @example
 * const { explanation } = await readSnapshot(store, 'week-47');
 * console.log(explanation.text);
 */
export async function readSnapshot(
  store: RunStore,
  runId: string,
  options: ReadSnapshotOptions = {},
): Promise<RunSnapshot> {
  const run = await knownRun(store, runId);
  const definition = await currentDefinition(store, run);
  if (!hasShape(definition)) throw new RunShapeUnknownError(runId, run.workflow);
  let fault: (error: unknown) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => {
    fault = reject;
  });
  const engine = engineOf(run, definition, options.clock ?? systemClock);
  const journal = journalOf(store, run, definition, engine, options, fault);
  const { maxIterations = defaultMaxIterations, payloads = false } = options;
  const revival = new Revival(journal, {
    values: payloads ? 'plain outputs' : 'none',
    choose: (outcomes) => mostTelling(outcomes, maxIterations),
  });
  await Promise.race([revive(run, engine, journal, revival), broken]);
  return snapshotOf(engine, {
    status: run.end?.status ?? 'Running',
    error: run.end?.error,
    explanation: explainRun(engine),
    payloads,
  });
}

async function revive(
  { end, startTime }: StoredRun,
  engine: RunEngine,
  journal: RunJournal,
  revival: Revival,
): Promise<void> {
  engine.epoch = startTime;
  engine.keepIn(journal, engine.keyRoot);
  await journal.recallRun();
  await revival.frame(engine.root.frame);
  if (end === undefined) await new OpenWork(revival).frame(engine.root.frame, startTime);
  else {
    engine.root.recallOrders();
    engine.restore(statusBits(end.status), startTime, end.endTime);
  }
}

function engineOf(
  { runId, workflow, keyRoot }: StoredRun,
  definition: StoredDefinition,
  clock: Clock,
): RunEngine {
  const services = {
    ...{ clock, random: Math.random, executor: undefined, limiters: [], bounds: [], grace: 0 },
    ...{ events: new EventHub(), mailbox: new Mailbox() },
  };
  const identity = { id: runId, keyRoot };
  const revived = revivedDefinition(workflow, definition);
  return new RunEngine(revived, undefined, identity, services, () => undefined);
}

function journalOf(
  store: RunStore,
  run: StoredRun,
  definition: StoredDefinition,
  { clock, services }: RunEngine,
  { cipher }: ReadSnapshotOptions,
  fault: (error: unknown) => void,
): RunJournal {
  const sealing = new PublicSealing(cipher, Number.POSITIVE_INFINITY);
  const signals = new RunSignals(
    ...([store, run.runId, definition, services.mailbox, sealing, clock, fault] as const),
  );
  // No lease has such a token: nothing that is read can be changed.
  const writer = { runId: run.runId, token: -1 };
  return new RunJournal({ store, run, writer, clock, sealing, resumed: true, signals, fault });
}
