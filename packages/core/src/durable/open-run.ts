/**
 * Where a durable run begins in this process: it is created in the store, or taken over as it is there.
 *
 * Invariant: whoever returns from here with a held run is the only process that works on it, until its
 * lease is lost.
 * Read next: held-run.ts, run-journal.ts.
 * @module
 */
import { hostname } from 'node:os';
import { pid } from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import { type Clock, type ClockReading, parseDuration, readClock } from '@runafter/clock';
import type { WorkflowDefinition } from '../definition/definition.ts';
import type { RunEngine } from '../engine/run-engine.ts';
import type { NewRun, RunLease, RunStore, StoredRun } from '../ports/run-store.ts';
import { RunOptionError } from '../run-errors.ts';
import type { DurableOptions } from '../start-options.ts';
import { DEFAULT_VALUE_LIMIT, decodeValue } from './codec.ts';
import { currentDefinition, keepDefinition } from './current-definition.ts';
import {
  changesBetween,
  type DefinitionChange,
  DefinitionChangedError,
} from './definition-changes.ts';
import { outlineOf } from './definition-outline.ts';
import {
  RunCopyIncompleteError,
  RunHeldError,
  RunInputDiffersError,
  RunUnknownError,
} from './durable-errors.ts';
import { HeldRun } from './held-run.ts';
import { RunJournal } from './run-journal.ts';
import { RunSignals } from './run-signals.ts';
import { Sealing } from './sealing.ts';
import { CipherRequiredError, secureUse } from './secure-use.ts';
import { storedDefinition } from './stored-definition.ts';

/** How long the store waits for a sign of life of the process that holds a run. */
const defaultLease = '15s';
/** How often whoever waits for a run looks whether its lease is free, in milliseconds. */
const shortestLook = 50;
const longestLook = 1_000;

export function sealingOf({
  cipher,
  valueLimit,
}: Pick<DurableOptions, 'cipher' | 'valueLimit'>): Sealing {
  return new Sealing(cipher, valueLimit ?? DEFAULT_VALUE_LIMIT);
}

/**
 * A workflow's input as it is stored.
 *
 * @throws {CipherRequiredError} `CIPHER_REQUIRED`
 * @throws {NotStorableError} `VALUE_NOT_STORABLE`
 * @throws {ValueTooLargeError} `VALUE_TOO_LARGE`
 */
export function encodedInput(
  definition: WorkflowDefinition,
  input: unknown,
  options: DurableOptions,
): string {
  if (options.cipher === undefined) checkNoSecrets(definition);
  return sealingOf(options).limited(input, `The input of workflow "${definition.name}"`);
}

/** Without a cipher, no secure value may have to be stored. */
function checkNoSecrets(definition: WorkflowDefinition): void {
  const use = secureUse(definition);
  if (use !== undefined) throw new CipherRequiredError(definition.name, use);
}

/** What is done with a run once it is held, before it begins. */
export type Preparation = (journal: RunJournal, engine: RunEngine) => Promise<void>;

/** A run that is to begin in this process. */
export interface RunToOpen {
  readonly engine: RunEngine;
  readonly store: RunStore;
  readonly options: DurableOptions;
  /** Encoded. */
  readonly input: string;
  readonly keyRoot: string;
  /** It must be there already. */
  readonly mustExist: boolean;
  /** As it was read before; undefined where it was not. */
  readonly known: StoredRun | undefined;
  readonly prepare: Preparation | undefined;
  /** The run whose outcomes it takes over. */
  readonly copyOf: string | undefined;
  /** Milliseconds to wait for whoever holds it. */
  readonly wait: number;
  /** Aborting it ends that wait. */
  readonly signal: AbortSignal;
  /** Ends the run in this process. */
  readonly fault: (error: unknown) => void;
}

/** The run is held by this process, or has ended before and is only read. */
export interface OpenedRun {
  readonly journal: RunJournal;
  readonly held: HeldRun | undefined;
  readonly run: StoredRun;
}

/**
 * Creates the run, or takes it over.
 *
 * @throws {RunHeldError} `RUN_HELD`: somebody else works on it, longer than `wait`.
 * @throws {RunInputDiffersError} `RUN_INPUT_DIFFERS`
 * @throws {DefinitionChangedError} `DEFINITION_CHANGED`
 * @throws {RunUnknownError} `RUN_UNKNOWN`
 */
export async function openRun(request: RunToOpen): Promise<OpenedRun> {
  const { engine, store, options, input, mustExist } = request;
  const { clock, workflow, id: runId } = engine;
  const ttl = parseDuration(options.lease ?? defaultLease, 'lease');
  const lease = { holder: options.holder ?? nameOfThisProcess(), ttl };
  if (options.cipher === undefined) checkNoSecrets(workflow);
  const requestedAt = readClock(clock);
  if (!mustExist) {
    const run = newRun(request, clock);
    const created = await store.createRun(run, lease);
    if (created.state === 'created') {
      const fresh = { ...run, end: undefined, lease: undefined };
      return hold(request, fresh, { ...created, requestedAt, isFirst: true }, 'created');
    }
  }
  const run = request.known ?? (await knownRun(store, runId));
  if (!isSameInput(run.input, input)) throw new RunInputDiffersError(runId);
  if (run.lease?.holder === nobodyYet && run.definition === storedDefinition(workflow)) {
    const granted = await takeOver(request, lease);
    if (granted?.isFirst) return hold(request, run, granted, 'submitted');
    // Somebody has been faster, and may have changed anything.
    if (granted !== undefined) await store.releaseLease({ runId, token: granted.token });
  }
  const changes = await changesSince(store, run, engine.workflow);
  // A run that has ended stays as it is; something new in it would never run.
  if (changes.length > 0 && (!options.allowChanges || run.end !== undefined)) {
    throw new DefinitionChangedError(runId, changes);
  }
  const granted = run.end === undefined ? await takeOver(request, lease) : undefined;
  if (granted === undefined) {
    return readOnly(request, run.end === undefined ? await knownRun(store, runId) : run);
  }
  return hold(request, run, granted, changes.length > 0 ? 'changed' : 'known');
}

/** Whether two inputs are the same as values: fields can be in another order. */
export function isSameInput(stored: string, given: string): boolean {
  return stored === given || isDeepStrictEqual(decodeValue(stored), decodeValue(given));
}

/** The run; throws when there is none. */
export async function knownRun(store: RunStore, runId: string): Promise<StoredRun> {
  const run = await store.readRun(runId);
  if (run === undefined) throw new RunUnknownError(runId);
  return run;
}

function newRun({ engine, input, keyRoot }: RunToOpen, clock: Clock): NewRun {
  const { name, version } = engine.workflow;
  return {
    runId: engine.id,
    workflow: name,
    ...(version !== undefined && { version }),
    definition: storedDefinition(engine.workflow),
    input,
    keyRoot,
    startTime: clock.now(),
  };
}

/**
 * Refuses another definition than the one that a run goes on with.
 *
 * @throws {DefinitionChangedError} `DEFINITION_CHANGED`
 */
export function checkSameDefinition(
  runId: string,
  running: WorkflowDefinition,
  given: WorkflowDefinition,
): void {
  if (running === given) return;
  const changes = [
    ...changesOfName(running.name, given.name),
    ...changesBetween(outlineOf(running), outlineOf(given)),
  ];
  if (changes.length > 0) throw new DefinitionChangedError(runId, changes);
}

/** What has changed in a definition since the run was started. */
export async function changesSince(
  store: RunStore,
  run: StoredRun,
  definition: WorkflowDefinition,
): Promise<readonly DefinitionChange[]> {
  return [
    ...changesOfName(run.workflow, definition.name),
    ...changesBetween(await currentDefinition(store, run), outlineOf(definition)),
  ];
}

function changesOfName(before: string, now: string): readonly DefinitionChange[] {
  if (before === now) return [];
  return [{ kind: 'changed', path: '', text: `the workflow is "${now}", was "${before}"` }];
}

/** Who holds a run that was put into the store for others to work on. */
export const nobodyYet: string = 'nobody yet';

interface Grant {
  readonly token: number;
  /** Nobody has worked on the run before. */
  readonly isFirst: boolean;
  /** Read before the lease was asked for. */
  readonly requestedAt: ClockReading;
}

/** The lease; undefined when the run has ended meanwhile. */
async function takeOver(
  { engine, store, wait, signal }: RunToOpen,
  lease: { readonly holder: string; readonly ttl: number },
): Promise<Grant | undefined> {
  const { clock, id: runId } = engine;
  const until = clock.now() + wait;
  for (;;) {
    const requestedAt = readClock(clock);
    const answer = await store.acquireLease(runId, lease);
    if (answer.state === 'unknown') throw new RunUnknownError(runId);
    if (answer.state === 'granted') {
      const { token, expired } = answer;
      if (expired === nobodyYet) return { token, requestedAt, isFirst: true };
      if (await isOpen(store, { runId, token })) return { token, requestedAt, isFirst: false };
      return undefined;
    }
    if ((await knownRun(store, runId)).end !== undefined) return undefined;
    const left = until - clock.now();
    if (left <= 0) throw new RunHeldError(runId, answer.lease);
    await clock.sleep(Math.min(left, timeToLook(answer.lease, clock)), { signal });
  }
}

/** Whether a run that was just granted has not ended in that moment; nobody is found holding it then. */
async function isOpen(store: RunStore, writer: { runId: string; token: number }): Promise<boolean> {
  let run: StoredRun | undefined;
  try {
    run = await knownRun(store, writer.runId);
    return run.end === undefined;
  } finally {
    if (run?.end !== undefined || run === undefined) {
      await store.releaseLease(writer).catch(() => undefined);
    }
  }
}

function timeToLook({ expiresAt }: RunLease, clock: Clock): number {
  return Math.min(longestLook, Math.max(shortestLook, expiresAt - clock.now()));
}

/** Whether the run is new, was only submitted, was worked on, or that with another definition. */
type Found = 'created' | 'submitted' | 'known' | 'changed';

async function hold(
  request: RunToOpen,
  run: StoredRun,
  { token, requestedAt }: Grant,
  found: Found,
): Promise<OpenedRun> {
  const { engine, options } = request;
  const ttl = parseDuration(options.lease ?? defaultLease, 'lease');
  // A write that fails ends the run, and leaves whoever waits for it where he is.
  let broken: (error: unknown) => void = () => undefined;
  const breaks = new Promise<never>((_, reject) => {
    broken = reject;
  });
  breaks.catch(() => undefined);
  const fault = (error: unknown): void => {
    broken(error);
    request.fault(error);
  };
  const isNew = found === 'created' || found === 'submitted';
  const resumed = !isNew || request.prepare !== undefined;
  const journal = journalOf(request, run, token, resumed, fault);
  const held = new HeldRun(journal, engine.clock, ttl, requestedAt, fault);
  try {
    await Promise.race([prepared(request, run, journal, found), breaks]);
    return { journal, held, run };
  } catch (error) {
    await held.release();
    throw error;
  }
}

/** All that comes between the lease and the beginning. */
async function prepared(
  { engine, store, prepare, copyOf }: RunToOpen,
  run: StoredRun,
  journal: RunJournal,
  found: Found,
): Promise<void> {
  await journal.recallRun();
  if (copyOf !== undefined && found !== 'created') checkCopyOf(journal, run, copyOf);
  if (prepare !== undefined) await prepare(journal, engine);
  checkCopied(journal, run);
  if (found === 'changed') {
    await keepDefinition(store, journal.parts.writer, storedDefinition(engine.workflow));
  }
  const { executor } = engine.services;
  if (engine.workflow.events.size > 0 || executor?.isRemote) await journal.parts.signals.open();
}

/** Another run than the one that is to be repeated must not get its outcomes. */
function checkCopyOf(journal: RunJournal, { runId, keyRoot }: StoredRun, copyOf: string): void {
  const known = journal.runProgress?.copyOf;
  // Whoever created it may have died before it could note more than the keys.
  if (known === copyOf || (known === undefined && keyRoot !== runId)) return;
  throw new RunOptionError(
    'runId',
    runId,
    `is the id of a run that does not repeat "${copyOf}". Use another one, or leave it out.`,
  );
}

/** Part of what a run takes over would be done again. */
function checkCopied(journal: RunJournal, { runId, keyRoot }: StoredRun): void {
  const { copyOf, copied } = journal.runProgress ?? {};
  if (copied || (copyOf === undefined && keyRoot === runId)) return;
  throw new RunCopyIncompleteError(runId, copyOf ?? keyRoot);
}

async function readOnly(request: RunToOpen, run: StoredRun): Promise<OpenedRun> {
  // No lease has such a token: nothing that is read can be changed.
  const journal = journalOf(request, run, -1, true, request.fault);
  await journal.recallRun();
  if (request.copyOf !== undefined) checkCopyOf(journal, run, request.copyOf);
  return { journal, held: undefined, run };
}

function journalOf(
  request: RunToOpen,
  run: StoredRun,
  token: number,
  resumed: boolean,
  fault: (error: unknown) => void,
): RunJournal {
  const { engine, store, options } = request;
  const { runId } = run;
  const sealing = sealingOf(options);
  const { mailbox } = engine.services;
  const outline = outlineOf(engine.workflow);
  const signals = new RunSignals(store, runId, outline, mailbox, sealing, engine.clock, fault);
  const writer = { runId, token };
  return new RunJournal({
    ...{ store, run, writer, sealing, resumed, signals, fault },
    clock: engine.clock,
  });
}

function nameOfThisProcess(): string {
  return `process ${pid} on ${hostname()} (${crypto.randomUUID().slice(0, 8)})`;
}
