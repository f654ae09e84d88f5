/**
 * The documents of states and signals that this process knows of, to remove them as soon as they are
 * replaced, forgotten or taken. What another process has put there is removed with the run.
 * @module
 */
import type { OutcomeEntry } from '../ports/run-store.ts';
import type { TextDocumentEntry } from '../ports/text-documents.ts';

interface Known {
  /** By path. */
  readonly states: Map<string, TextDocumentEntry>;
  /** By number. */
  readonly signals: Map<number, TextDocumentEntry>;
}

export class KnownDocuments {
  readonly #runs = new Map<string, Known>();

  /** Nothing is known of the run: no write of it can make a document needless. */
  isEmpty(runId: string): boolean {
    return !this.#runs.has(runId);
  }

  /** Notes the document of a signal. */
  addSignal(runId: string, number: number, entry: TextDocumentEntry): void {
    this.#of(runId).signals.set(number, entry);
  }

  /** Notes the document of a state, if it has one, when it is sent; gives that of the one before. */
  replaceState(
    runId: string,
    path: string,
    entry: TextDocumentEntry | undefined,
  ): readonly TextDocumentEntry[] {
    const before = this.#take(runId, (known) => known.states, path);
    if (entry !== undefined) this.#of(runId).states.set(path, entry);
    return before;
  }

  /** The documents of what an outcome takes and forgets, which are forgotten here, too. */
  takeFor(
    runId: string,
    { signals = [], forgetState }: OutcomeEntry,
  ): readonly TextDocumentEntry[] {
    const taken = signals.flatMap((number) => this.#take(runId, (known) => known.signals, number));
    if (forgetState === undefined) return taken;
    return [...taken, ...this.#take(runId, (known) => known.states, forgetState)];
  }

  /** This process has no more to do with the run. */
  forget(runId: string): void {
    this.#runs.delete(runId);
  }

  #take<K>(
    runId: string,
    kind: (known: Known) => Map<K, TextDocumentEntry>,
    key: K,
  ): readonly TextDocumentEntry[] {
    const known = this.#runs.get(runId);
    if (known === undefined) return [];
    const entries = kind(known);
    const entry = entries.get(key);
    entries.delete(key);
    return entry === undefined ? [] : [entry];
  }

  #of(runId: string): Known {
    const known = this.#runs.get(runId) ?? { states: new Map(), signals: new Map() };
    this.#runs.set(runId, known);
    return known;
  }
}
