/**
 * What the run store gives, with the texts in place of the references to them.
 *
 * Invariant: a document that is missing is an error only where the run store still refers to it.
 * @module
 */
import { boundedMap } from '../bounded-map.ts';
import { outcomePath } from '../durable/outcome-path.ts';
import type { StoredOutcome, StoredRun, StoredSignal } from '../ports/run-store.ts';
import type { KnownDocuments } from './known-documents.ts';
import { RunDocumentMissingError } from './run-document-missing-error.ts';
import { concurrency, type RunDocuments } from './run-documents.ts';
import { documentKey, inlineText, isPlain, partedDefinition } from './stored-form.ts';

export class Opening {
  readonly #documents: RunDocuments;
  readonly #known: KnownDocuments;
  readonly #readFolder: (runId: string) => Promise<string | undefined>;

  /** @param readFolder - how the keys of a run's documents begin. */
  constructor(
    documents: RunDocuments,
    known: KnownDocuments,
    readFolder: (runId: string) => Promise<string | undefined>,
  ) {
    this.#documents = documents;
    this.#known = known;
    this.#readFolder = readFolder;
  }

  /**
   * What was read, with its documents. One that is missing may have been replaced or taken meanwhile: then
   * it is not referred to when the same is read again.
   */
  async read<T>(read: () => Promise<T>, open: (stored: T) => T | Promise<T>): Promise<T> {
    const missing = new Set<string>();
    for (;;) {
      const stored = await read();
      try {
        return await open(stored);
      } catch (error) {
        if (!(error instanceof RunDocumentMissingError) || missing.has(error.key)) throw error;
        missing.add(error.key);
      }
    }
  }

  /** The text of a form. */
  async open(runId: string, form: string, place: string): Promise<string> {
    const key = documentKey(form);
    if (key === undefined) return inlineText(form);
    const { text } = await this.#documents.read(runId, key, place);
    return text;
  }

  async openRun(run: StoredRun): Promise<StoredRun> {
    const [definition = '', input = ''] = formsOf(run);
    return {
      ...run,
      definition: await this.open(run.runId, definition, 'The definition'),
      input: await this.open(run.runId, input, 'The input'),
    };
  }

  openOutcomes(
    runId: string,
    outcomes: readonly StoredOutcome[],
  ): readonly StoredOutcome[] | Promise<readonly StoredOutcome[]> {
    if (outcomes.every(({ outputs, details }) => isPlain(outputs) && isPlain(details))) {
      return outcomes;
    }
    return boundedMap(outcomes, { concurrency }, (outcome) => this.#openOutcome(runId, outcome));
  }

  async #openOutcome(runId: string, outcome: StoredOutcome): Promise<StoredOutcome> {
    const { outputs, details } = outcome;
    const path = outcomePath(outcome);
    return {
      ...outcome,
      ...(outputs && { outputs: await this.open(runId, outputs, `The output of "${path}"`) }),
      ...(details && { details: await this.open(runId, details, `The details of "${path}"`) }),
    };
  }

  async openSignals(
    runId: string,
    signals: readonly StoredSignal[],
  ): Promise<readonly StoredSignal[]> {
    if (signals.every(({ payload }) => isPlain(payload))) return signals;
    const opened = await boundedMap(signals, { concurrency }, (signal) =>
      this.#openSignal(runId, signal),
    );
    return opened.filter((signal) => signal !== undefined);
  }

  /** Undefined for what was sent to a run of this id that was deleted, and came too late for it. */
  async #openSignal(runId: string, signal: StoredSignal): Promise<StoredSignal | undefined> {
    const { number, event, payload } = signal;
    const key = documentKey(payload);
    if (key === undefined) return { ...signal, payload: inlineText(payload) };
    try {
      const place = `The payload of signal ${number}, event "${event}",`;
      const { text, entry } = await this.#documents.read(runId, key, place);
      this.#known.addSignal(runId, number, entry);
      return { ...signal, payload: text };
    } catch (error) {
      if (!(error instanceof RunDocumentMissingError)) throw error;
      const folder = await this.#readFolder(runId);
      if (folder !== undefined && key.startsWith(folder)) throw error;
      return undefined;
    }
  }
}

/** The forms of a run's definition and input. */
export function formsOf({ definition, input }: StoredRun): [definition: string, input: string] {
  return [partedDefinition(definition).form, input];
}
