/**
 * The RunStore that keeps large texts as documents, around one that keeps all else.
 *
 * Invariant: a reference stands in the run store only after its document, and a document is removed only
 * when the run store has shown that no reference to it stands, or is about to forget the run. A write that
 * was answered "no" proves neither: a driver may have sent it twice, and answer for the second time.
 * Read next: stored-form.ts (what a reference looks like), run-folder.ts (why nothing of another run is
 * ever removed), write-order.ts, opening.ts (reading).
 * @module
 */
import type { Clock } from '@runafter/clock';
import type {
  FrameQuery,
  LeaseAnswer,
  LeaseRequest,
  NewRun,
  NewSignal,
  OutcomeEntry,
  Place,
  Recorded,
  RunEnd,
  RunQuery,
  RunStore,
  StoredOutcome,
  StoredRun,
  StoredSignal,
  Writer,
} from '../ports/run-store.ts';
import type { TextDocumentEntry } from '../ports/text-documents.ts';
import { KnownDocuments } from './known-documents.ts';
import { formsOf, Opening } from './opening.ts';
import { RunDocumentMissingError } from './run-document-missing-error.ts';
import type { RunDocuments } from './run-documents.ts';
import { folderPrefix, newFolder } from './run-folder.ts';
import {
  definitionForm,
  inlineForm,
  isPlain,
  partedDefinition,
  referenceForm,
} from './stored-form.ts';
import { WriteOrder } from './write-order.ts';

type Texts = readonly (string | undefined)[];

/** A write with texts that may have to become documents. */
interface ClaimedWrite<T> {
  readonly runId: string;
  readonly texts: Texts;
  /** The run's folder, as the documents' keys begin; undefined when there is no such run. */
  folder(): Promise<string | undefined>;
  /** Writes the forms of the texts; `documents` are those that they refer to. */
  send(forms: Texts, documents: readonly TextDocumentEntry[]): Promise<T>;
  /** Whether the answer says that the texts are stored. */
  isStored(answer: T): boolean;
  /** The forms that stand where it was to write. */
  standing(): Promise<Texts>;
  /** Changes which run there is. */
  readonly isChange?: true;
}

/** The forms of the texts of a write, and the documents among them. */
interface Prepared {
  readonly forms: Texts;
  readonly documents: readonly TextDocumentEntry[];
}

export class ClaimedRunStore implements RunStore {
  readonly #inner: RunStore;
  readonly #documents: RunDocuments;
  readonly #clock: Clock;
  readonly #above: number;
  readonly #order = new WriteOrder();
  readonly #known = new KnownDocuments();
  readonly #opening: Opening;
  /** Of those who write, so that a run's header is read once for each of them. */
  readonly #folders = new WeakMap<Writer, string>();
  /** Large writes, and removals that nobody waits for. */
  readonly #underWay = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(inner: RunStore, documents: RunDocuments, clock: Clock, above: number) {
    this.#inner = inner;
    this.#documents = documents;
    this.#clock = clock;
    this.#above = above;
    this.#opening = new Opening(documents, this.#known, (runId) => this.#readFolder(runId));
  }

  get retention(): number {
    return this.#inner.retention;
  }

  createRun(run: NewRun, lease: LeaseRequest): ReturnType<RunStore['createRun']> {
    const { runId } = run;
    const folder = newFolder(this.#clock.now());
    const [kept, keptLease] = [{ ...run }, { ...lease }];
    return this.#write({
      ...{ runId, isChange: true, texts: [run.definition, run.input] },
      folder: async () => folderPrefix(runId, folder),
      send: ([definition = '', input = '']) =>
        this.#inner.createRun(
          { ...kept, definition: definitionForm(folder, definition), input },
          keptLease,
        ),
      isStored: ({ state }) => state === 'created',
      standing: async () => {
        const there = await this.#inner.readRun(runId);
        return there === undefined ? [] : formsOf(there);
      },
    });
  }

  readRun(runId: string): Promise<StoredRun | undefined> {
    return this.#opening.read(
      () => this.#inner.readRun(runId),
      (run) => run && this.#opening.openRun(run),
    );
  }

  /** A run whose documents are missing is listed with the references, so that it can be deleted. */
  async *listRuns(query?: RunQuery): AsyncIterable<StoredRun> {
    for await (const run of this.#inner.listRuns(query)) {
      yield await this.#opening.openRun(run).catch((error: unknown) => {
        if (error instanceof RunDocumentMissingError) return run;
        throw error;
      });
    }
  }

  deleteRun(runId: string, only?: Pick<RunQuery, 'endedBefore'>): Promise<boolean> {
    return this.#order.change(runId, only && { ...only }, (kept) => this.#delete(runId, kept));
  }

  acquireLease(runId: string, lease: LeaseRequest): Promise<LeaseAnswer> {
    const kept = { ...lease };
    return this.#order.change(runId, kept, () => this.#inner.acquireLease(runId, kept));
  }

  async renewLease(writer: Writer, ttl: number): Promise<boolean> {
    const { runId } = writer;
    const renewed = await this.#order.renewal(runId, () => this.#inner.renewLease(writer, ttl));
    if (!renewed) this.#known.forget(runId);
    return renewed;
  }

  releaseLease(writer: Writer): Promise<void> {
    return this.#order.change(writer.runId, writer, () => {
      this.#known.forget(writer.runId);
      return this.#inner.releaseLease(writer);
    });
  }

  claimAttempt(runId: string, place: Place, attempt: number): Promise<number | undefined> {
    return this.#order.inTurn(runId, { ...place }, (kept) =>
      this.#inner.claimAttempt(runId, kept, attempt),
    );
  }

  recordOutcome(writer: Writer, entry: OutcomeEntry): Promise<Recorded> {
    const { runId } = writer;
    const { outputs, details } = entry.outcome;
    if (this.#passes(runId, [outputs, details])) return this.#inner.recordOutcome(writer, entry);
    const { frame, key } = entry.outcome;
    const kept = copyOf(entry);
    let needless: readonly TextDocumentEntry[] = [];
    const recorded = this.#write({
      ...{ runId, texts: [outputs, details] },
      folder: () => this.#folderOf(writer),
      send: (forms) => {
        needless = this.#known.takeFor(runId, kept);
        return this.#inner.recordOutcome(writer, withTexts(kept, forms));
      },
      isStored: (answer) => answer === 'recorded',
      standing: async () => {
        const there = await this.#inner.readFrame(runId, frame, { keys: [key] });
        return there.flatMap((outcome) => [outcome.outputs, outcome.details]);
      },
    });
    return this.#andThen(recorded, (answer) => {
      if (answer === 'recorded') this.#remove(needless);
    });
  }

  readFrame(runId: string, frame: string, query?: FrameQuery): Promise<readonly StoredOutcome[]> {
    return this.#opening.read(
      () => this.#inner.readFrame(runId, frame, query),
      (outcomes) => this.#opening.openOutcomes(runId, outcomes),
    );
  }

  saveState(writer: Writer, path: string, state: string): Promise<boolean> {
    const { runId } = writer;
    if (this.#passes(runId, [state])) return this.#inner.saveState(writer, path, state);
    let needless: readonly TextDocumentEntry[] = [];
    const saved = this.#write({
      ...{ runId, texts: [state] },
      folder: () => this.#folderOf(writer),
      send: ([form = ''], [document]) => {
        // By the order of the calls: answers may come in another one.
        needless = this.#known.replaceState(runId, path, document);
        return this.#inner.saveState(writer, path, form);
      },
      isStored: (answer) => answer,
      standing: async () => [await this.#inner.readState(runId, path)],
    });
    return this.#andThen(saved, (isSaved) => {
      if (isSaved) this.#remove(needless);
    });
  }

  readState(runId: string, path: string): Promise<string | undefined> {
    return this.#opening.read(
      () => this.#inner.readState(runId, path),
      (form) => form && this.#opening.open(runId, form, `What is known of "${path}"`),
    );
  }

  putSignal(runId: string, signal: NewSignal): ReturnType<RunStore['putSignal']> {
    if (this.#passes(runId, [signal.payload])) return this.#inner.putSignal(runId, signal);
    const { delivery, ...kept } = signal;
    const report = delivery && { delivery: { ...delivery } };
    return this.#write({
      ...{ runId, texts: [signal.payload] },
      // Not remembered: nothing fences who sends to a run that was created anew meanwhile.
      folder: () => this.#readFolder(runId),
      send: ([payload = '']) => this.#inner.putSignal(runId, { ...kept, ...report, payload }),
      isStored: (answer) => answer === 'kept',
      standing: async () => (await this.#inner.readSignals(runId, 0)).map(({ payload }) => payload),
    });
  }

  readSignals(runId: string, after: number): Promise<readonly StoredSignal[]> {
    return this.#opening.read(
      () => this.#inner.readSignals(runId, after),
      (signals) => this.#opening.openSignals(runId, signals),
    );
  }

  /** Whoever listens gets only what need not be read first. */
  onSignal(runId: string, listener: (signal?: StoredSignal) => void): () => void {
    return this.#inner.onSignal(runId, (signal) => {
      if (signal === undefined || isPlain(signal.payload)) listener(signal);
      else listener();
    });
  }

  endRun(writer: Writer, end: RunEnd): Promise<boolean> {
    return this.#order.change(writer.runId, { ...end }, (kept) => {
      this.#known.forget(writer.runId);
      return this.#inner.endRun(writer, kept);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#order.sent();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    await this.#inner.close();
  }

  /** Whether a write with these texts can be left to the run store, as it is. */
  #passes(runId: string, texts: Texts): boolean {
    return (
      this.#order.isFree(runId) &&
      this.#known.isEmpty(runId) &&
      texts.every((text) => isPlain(text) && !this.#isLarge(text))
    );
  }

  #isLarge(text: string | undefined): text is string {
    // A code unit of a text has three bytes at most, so nearly no text has to be looked at.
    if (text === undefined || text.length * 3 <= this.#above) return false;
    return text.length > this.#above || Buffer.byteLength(text) > this.#above;
  }

  /** Sends a write in its turn, at once where nothing is large and nothing under way. */
  #write<T>(write: ClaimedWrite<T>): Promise<T> {
    const { runId, texts, isChange } = write;
    const isLarge = texts.some((text) => this.#isLarge(text));
    const prepared = isLarge
      ? this.#prepare(write)
      : { forms: texts.map((text) => text && inlineForm(text)), documents: [] };
    const send = ({ forms, documents }: Prepared) => write.send(forms, documents);
    const answer = isChange
      ? this.#order.change(runId, prepared, send)
      : this.#order.inTurn(runId, prepared, send);
    if (!(prepared instanceof Promise)) return answer;
    return this.#andThen(answer, async (given) => {
      if (!write.isStored(given)) await this.#removeUnused(write, await prepared);
    });
  }

  async #prepare<T>({ texts, folder: folderOf }: ClaimedWrite<T>): Promise<Prepared> {
    const folder = await folderOf();
    const documents: TextDocumentEntry[] = [];
    const puts = texts.map(async (text) => {
      // Where there is no such run, the run store is to say so.
      if (folder === undefined || !this.#isLarge(text)) return text && inlineForm(text);
      const entry = await this.#documents.put(folder, text);
      documents.push(entry);
      return referenceForm(entry.key);
    });
    const forms: (string | undefined)[] = [];
    for (const put of await Promise.allSettled(puts)) {
      if (put.status === 'fulfilled') forms.push(put.value);
      else {
        this.#remove(documents);
        throw put.reason;
      }
    }
    return { forms, documents };
  }

  /** Removes the documents of a write that was refused, but for those that stand there all the same. */
  async #removeUnused<T>(write: ClaimedWrite<T>, { documents }: Prepared): Promise<void> {
    const standing = await write.standing();
    this.#remove(documents.filter(({ key }) => !standing.includes(referenceForm(key))));
  }

  /** Removes documents that nothing refers to. Nobody waits; what stays is removed with the run. */
  #remove(entries: readonly TextDocumentEntry[]): void {
    for (const entry of entries) this.#track(this.#documents.remove(entry));
  }

  /** Does something after an answer, which nobody waits for but `close`. */
  #andThen<T>(answer: Promise<T>, then: (given: T) => void | Promise<void>): Promise<T> {
    this.#track(answer.then(then));
    return answer;
  }

  #track(work: Promise<unknown>): void {
    const leave = (): void => {
      this.#underWay.delete(tracked);
    };
    const tracked = work.then(leave, leave);
    this.#underWay.add(tracked);
  }

  async #folderOf(writer: Writer): Promise<string | undefined> {
    const known = this.#folders.get(writer);
    if (known !== undefined) return known;
    const folder = await this.#readFolder(writer.runId);
    if (folder !== undefined) this.#folders.set(writer, folder);
    return folder;
  }

  async #readFolder(runId: string): Promise<string | undefined> {
    await this.#order.afterChanges(runId);
    const run = await this.#inner.readRun(runId);
    return run && folderPrefix(runId, partedDefinition(run.definition).folder);
  }

  /**
   * The run's header is the note that its documents are to be removed: so they go first, and whoever
   * takes up what was broken off finds the rest. Where it goes on, those who write are fenced first.
   */
  async #delete(runId: string, only: Pick<RunQuery, 'endedBefore'> | undefined): Promise<boolean> {
    this.#known.forget(runId);
    const run = await this.#inner.readRun(runId);
    if (run === undefined) return this.#inner.deleteRun(runId, only);
    const { folder } = partedDefinition(run.definition);
    const hasEnded = run.end !== undefined && run.end.endTime < (only?.endedBefore ?? Infinity);
    if (hasEnded) await this.#documents.removeAll(runId, folder);
    const isDeleted = await this.#inner.deleteRun(runId, only);
    if (isDeleted && !hasEnded) await this.#documents.removeAll(runId, folder);
    return isDeleted;
  }
}

/** A copy that whoever has called cannot change any more. */
function copyOf({ outcome, signals, ...entry }: OutcomeEntry): OutcomeEntry {
  const { error } = outcome;
  return {
    ...entry,
    outcome: { ...outcome, error: error && { code: error.code, message: error.message } },
    ...(signals !== undefined && { signals: [...signals] }),
  };
}

/** The same entry with the forms of its texts. */
function withTexts(entry: OutcomeEntry, [outputs, details]: Texts): OutcomeEntry {
  const { outcome } = entry;
  return {
    ...entry,
    outcome: {
      ...outcome,
      ...(outputs !== undefined && { outputs }),
      ...(details !== undefined && { details }),
    },
  };
}
