/**
 * A durable run in the hands of this process: its lease, kept alive, and its journal.
 *
 * Invariant: once the lease is lost, or the run has ended here, nothing more is kept by this process.
 * @module
 */
import { type Clock, type ClockReading, keepRenewed, type Renewal } from '@runafter/clock';
import type { RunEnd, RunStore, Writer } from '../ports/run-store.ts';
import { RunLostError } from './durable-errors.ts';
import type { RunJournal } from './run-journal.ts';
import type { RunSignals } from './run-signals.ts';

export class HeldRun {
  readonly journal: RunJournal;
  readonly #store: RunStore;
  readonly #writer: Writer;
  readonly #signals: RunSignals;
  readonly #renewal: Renewal;

  /**
   * @param ttl - milliseconds that the store waits for a sign of life.
   * @param requestedAt - read before the lease was asked for.
   */
  constructor(
    journal: RunJournal,
    clock: Clock,
    ttl: number,
    requestedAt: ClockReading,
    fault: (error: unknown) => void,
  ) {
    const { store, writer, signals } = journal.parts;
    const { runId } = writer;
    this.journal = journal;
    this.#store = store;
    this.#writer = writer;
    this.#signals = signals;
    this.#renewal = keepRenewed({
      clock,
      name: `run "${runId}"`,
      ttl,
      requestedAt,
      renew: () => store.renewLease(writer, ttl),
    });
    const { signal } = this.#renewal;
    const lost = (): void => {
      if (this.#renewal.lost) fault(new RunLostError(runId, { cause: signal.reason }));
    };
    if (signal.aborted) lost();
    else signal.addEventListener('abort', lost, { once: true });
  }

  /** The run has ended: that is kept, and the lease given back. */
  async end(end: RunEnd): Promise<void> {
    this.#signals.close();
    await this.journal.end(end);
    await this.#renewal.stop();
  }

  /** Lets go of the run as it is. Never rejects: what cannot be given back expires. */
  async release(): Promise<void> {
    this.journal.close();
    this.#signals.close();
    const isLost = this.#renewal.lost;
    await this.#renewal.stop();
    if (!isLost) await this.#store.releaseLease(this.#writer).catch(() => undefined);
  }
}
