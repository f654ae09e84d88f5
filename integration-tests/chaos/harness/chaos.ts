/**
 * What a chaos program is: something that must come out right although processes die and networks fail.
 *
 * Read next: crew.ts, the processes; mishaps.ts, what happens to them; ../main.ts, which runs it.
 * @module
 */
import type { Random } from '@runafter/clock';
import type { Output } from './progress.ts';

/** How it is to be run. */
export interface ChaosSetting {
  /** Fewer operations and mishaps, for CI. */
  readonly quick: boolean;
  /** Which of its backends; all of them without a name. */
  readonly only: readonly string[];
  /** A module with a backend, which takes the place of all others. */
  readonly backendFile: URL | undefined;
  /** Where decisions come from, for each purpose another one: the same seed decides the same. */
  readonly random: (purpose: string) => Random;
  /** For lines that people read while they wait. */
  readonly output: Output;
  /** Aborting it ends everything. */
  readonly signal: AbortSignal;
}

/** What came out. */
export interface ChaosReport {
  /** What `--json` prints. */
  readonly json: object;
  /** What people read. */
  readonly text: string;
  /** What is wrong, each a sentence. None: all is well. */
  readonly faults: readonly string[];
}

/** One chaos program. */
export interface Chaos {
  /** @throws {Error} an unknown backend; or `signal.reason`. */
  run(setting: ChaosSetting): Promise<ChaosReport>;
}
