/**
 * What is said between the process that works on the weekly reports and whoever has started it.
 *
 * Read next: worker.ts, the program that runs in it; child-program.ts, how it is started and killed.
 * @module
 */
import { join } from 'node:path';
import { ChildProgram } from './child-program.ts';
import type { Summary } from './summary.ts';

/** What the process is to do; it goes through JSON. */
export interface Work {
  /** Where the office is. */
  readonly url: string;
  /** The file that the run is kept in. */
  readonly database: string;
  readonly runId: string;
  /** Milliseconds that the store waits for a sign of life. */
  readonly lease: number;
  readonly speed: number;
  readonly adaptive: boolean;
  readonly fail: boolean;
}

/** What the process tells while it works. */
export type WorkerEvent =
  /** The handler of an action is called. */
  | { readonly type: 'called'; readonly path: string }
  /** A report is done with. */
  | { readonly type: 'processed' };

const program = join(import.meta.dirname, 'worker.ts');

export class WorkerProcess extends ChildProgram<WorkerEvent, Summary> {
  constructor(work: Work, onEvent: (event: WorkerEvent) => void) {
    super(program, work, onEvent);
  }
}
