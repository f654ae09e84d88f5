/**
 * `claimCheck()`: a run store that keeps large texts elsewhere, and a short reference in their place.
 * Read next: claimed-run-store.ts.
 * @module
 */
import { type Clock, systemClock } from '@runafter/clock';
import type { RunStore } from '../ports/run-store.ts';
import type { TextDocuments } from '../ports/text-documents.ts';
import { RunOptionError } from '../run-errors.ts';
import { ClaimedRunStore } from './claimed-run-store.ts';
import { RunDocuments } from './run-documents.ts';

/** Options of {@link claimCheck}. */
export interface ClaimCheckOptions {
  /** Texts of more bytes than this, in UTF-8, become documents. Default 65,536; 0 for all but empty ones. */
  readonly above?: number | undefined;
  /** Tells how old a document is that a creation has left behind. Default: the system's. */
  readonly clock?: Clock | undefined;
}

const defaultAbove = 65_536;

/**
 * Keeps large inputs, definitions, outputs, details, states and payloads of runs as documents, such as
 * blobs, and all else in a run store, which so stays small and quick. Whoever uses the store reads back
 * what was stored and need not know; secure values are encrypted before they get here.
 *
 * A document is written before the reference to it, so a reference never stands alone; a process that
 * dies between the two leaves a document that is removed together with its run. Every process that works
 * on the runs needs the same `claimCheck()`. What was stored without it can be read with it.
 *
 * A write whose text is small costs nothing more. A large one costs a request more, or two; deleting a
 * run costs a listing of its documents, and two requests for each.
 *
 * @param store - keeps the runs. Closing the store that is returned closes it.
 * @param documents - any `DocumentStore<string>` of `@runafter/optimistic`. It stays yours to close.
 * @throws {RunOptionError} `RUN_OPTION_INVALID`: `above` is no whole number from 0 on.
 * @example
 * const documents = blobDocumentStore<string>({ connectionString, container: 'run-documents' });
 * const store = claimCheck(redisRunStore(url), documents, { above: 32_768 });
 * await start(weeklyReports, rows, { store, runId: 'week-47' }).finished;
 * @see https://learn.microsoft.com/azure/architecture/patterns/claim-check
 */
export function claimCheck(
  store: RunStore,
  documents: TextDocuments,
  options: ClaimCheckOptions = {},
): RunStore {
  const { above = defaultAbove, clock = systemClock } = options;
  if (!(Number.isInteger(above) && above >= 0)) {
    throw new RunOptionError('above', above, `is ${String(above)}. Pass a whole number of bytes.`);
  }
  return new ClaimedRunStore(store, new RunDocuments(documents, clock), clock, above);
}
