/**
 * What is counted while a simulated run goes.
 * @module
 */

/** Calls of one connector. */
export interface CallCounts {
  made: number;
  refused: number;
}

export class RunTally {
  #working = 0;
  #waiting = 0;
  readonly #calls = new Map<string, CallCounts>();
  /** By connector and then by who calls. */
  readonly #callers = new Map<string, Map<string, number>>();

  /** Something took so many milliseconds, and did its work in them. */
  worked(ms: number): void {
    this.#working += ms;
  }

  /** Something that had begun did nothing for so long: between attempts, or in a line. */
  waited(ms: number): void {
    this.#waiting += ms;
  }

  called(connector: string, address: string, isRefused: boolean): void {
    const counts = this.#calls.get(connector) ?? { made: 0, refused: 0 };
    counts.made++;
    if (isRefused) counts.refused++;
    this.#calls.set(connector, counts);
    const callers = this.#callers.get(connector) ?? new Map<string, number>();
    callers.set(address, (callers.get(address) ?? 0) + 1);
    this.#callers.set(connector, callers);
  }

  /** The part of the time in which what had begun did nothing. */
  get waitingShare(): number {
    const all = this.#working + this.#waiting;
    return all === 0 ? 0 : this.#waiting / all;
  }

  get calls(): CallCounts {
    const all = { made: 0, refused: 0 };
    for (const { made, refused } of this.#calls.values()) {
      all.made += made;
      all.refused += refused;
    }
    return all;
  }

  /** Calls of each connector that were made inside of a container. */
  callsInside(address: string): ReadonlyMap<string, number> {
    const inside = new Map<string, number>();
    for (const [connector, callers] of this.#callers) {
      let calls = 0;
      for (const [caller, count] of callers) if (caller.startsWith(`${address}/`)) calls += count;
      if (calls > 0) inside.set(connector, calls);
    }
    return inside;
  }
}
