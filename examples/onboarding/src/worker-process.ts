/**
 * What is said between the process that onboards the hires and whoever has started it.
 *
 * Read next: worker.ts, the program that runs in it.
 * @module
 */
import { join } from 'node:path';
import { ChildProgram } from '@runafter/example-weekly-reports/child-program';
import type { DatabasePlace } from './database/open-hr-database.ts';
import type { Summary } from './summary.ts';

/** What the process is to do; it goes through JSON. */
export interface Work {
  /** The CSV file. */
  readonly input: string;
  /** Where the office is. */
  readonly url: string;
  readonly database: DatabasePlace;
  /** The file that the run is kept in. */
  readonly runs: string;
  readonly runId: string;
  /** Milliseconds that the store waits for a sign of life. */
  readonly lease: number;
  readonly speed: number;
  readonly concurrency: number;
}

/** A hire is done with: complete, or undone. */
export interface HireEnded {
  /** Its position in the file, from 0. */
  readonly index: number;
}

const program = join(import.meta.dirname, 'worker.ts');

export class WorkerProcess extends ChildProgram<HireEnded, Summary> {
  constructor(work: Work, onHire: (event: HireEnded) => void) {
    super(program, work, onHire);
  }
}
