/**
 * A RunStore in this process's memory: for tests, and to look into runs. Gone with the process.
 * @module
 */
import type { ActionOutcome, RunEnd, RunHeader, RunStore, StoredRun } from './run-store.ts';

/**
 * Makes an empty store in memory.
 *
 * @example
 * const store = memoryRunStore();
 * await start(weeklyReports, rows, { store, runId: 'week-47' }).finished;
 * for await (const outcome of store.outcomes('week-47')) console.log(outcome.path, outcome.status);
 */
export function memoryRunStore(): RunStore {
  return new MemoryRunStore();
}

interface Entry {
  readonly header: RunHeader;
  readonly outcomes: Map<string, ActionOutcome>;
  end: RunEnd | undefined;
}

class MemoryRunStore implements RunStore {
  readonly #runs = new Map<string, Entry>();

  async createRun(header: RunHeader): Promise<boolean> {
    if (this.#runs.has(header.runId)) return false;
    this.#runs.set(header.runId, { header, outcomes: new Map(), end: undefined });
    return true;
  }

  async recordOutcome(runId: string, outcome: ActionOutcome): Promise<boolean> {
    const outcomes = this.#runs.get(runId)?.outcomes;
    if (outcomes === undefined || outcomes.has(outcome.path)) return false;
    outcomes.set(outcome.path, outcome);
    return true;
  }

  async endRun(runId: string, end: RunEnd): Promise<void> {
    const entry = this.#runs.get(runId);
    if (entry !== undefined) entry.end ??= end;
  }

  async readRun(runId: string): Promise<StoredRun | undefined> {
    const entry = this.#runs.get(runId);
    return entry && stored(entry);
  }

  async *outcomes(runId: string): AsyncIterable<ActionOutcome> {
    yield* [...(this.#runs.get(runId)?.outcomes.values() ?? [])];
  }

  async *listRuns(): AsyncIterable<StoredRun> {
    for (const entry of [...this.#runs.values()]) yield stored(entry);
  }

  async deleteRun(runId: string): Promise<boolean> {
    return this.#runs.delete(runId);
  }
}

function stored(entry: Entry): StoredRun {
  return { ...entry.header, end: entry.end };
}
