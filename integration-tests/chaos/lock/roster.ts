/**
 * What the workers of a crew have said: who is at work, what is kept, and by which token each document was
 * written last.
 * @module
 */
import type { Report } from './task.ts';

/** What a worker that was told to keep its locks has said since. */
interface Keeping {
  /** By lane, once it has all of them. */
  tokens?: readonly bigint[];
  /** How many writes of zombies it has made, once it is awake and done with them. */
  zombies?: number;
}

export class Roster {
  /** How many writes there have been. */
  writes = 0;
  readonly #ready = new Set<number>();
  readonly #keeping = new Map<number, Keeping>();
  /** The greatest token that was written with, by lane. */
  readonly #written = new Map<number, bigint>();

  /** To be called with whatever a worker says. */
  hear(worker: number, report: Report): void {
    const keeping = this.#keeping.get(worker);
    if (report.kind === 'ready') this.#ready.add(worker);
    else if (report.kind === 'wrote') this.#note(report.lane, BigInt(report.token));
    else if (keeping === undefined) return;
    else if (report.kind === 'keeping') keeping.tokens = report.tokens.map(BigInt);
    else keeping.zombies = report.zombies;
  }

  /** The workers that are at work. */
  get ready(): number[] {
    return [...this.#ready].sort((a, b) => a - b);
  }

  /** It is killed: what it says next, it says anew. */
  remove(worker: number): void {
    this.#ready.delete(worker);
  }

  /** It is told to keep its locks: what it said of that before does not count. */
  expectToKeep(worker: number): void {
    this.#keeping.set(worker, {});
  }

  keeps(worker: number): boolean {
    return this.#keeping.get(worker)?.tokens !== undefined;
  }

  /** Whether others have written under each of the locks that it kept. */
  isSucceeded(worker: number): boolean {
    const { tokens = [] } = this.#keeping.get(worker) ?? {};
    return tokens.every((token, lane) => (this.#written.get(lane) ?? 0n) > token);
  }

  /** How many zombies it was, after its pause; undefined before. */
  zombiesOf(worker: number): number | undefined {
    return this.#keeping.get(worker)?.zombies;
  }

  #note(lane: number, token: bigint): void {
    this.writes++;
    if (token > (this.#written.get(lane) ?? 0n)) this.#written.set(lane, token);
  }
}
