/**
 * The processes of a distributed batch, from the side of whoever starts, kills and ends them.
 *
 * Invariant: none of them outlives the team.
 * @module
 */
import { join } from 'node:path';
import { ChildProgram } from '@runafter/example-weekly-reports/child-program';
import type { HireEnded } from '../worker-process.ts';
import type { SharedWork } from './shared-onboarding.ts';

const program = join(import.meta.dirname, 'worker.ts');

/** One of the processes. */
export type TeamWorker = ChildProgram<HireEnded, void>;

export class WorkerTeam implements AsyncDisposable {
  /** Rejects when the last of them has ended, by itself or killed: then nobody does the work. */
  readonly gone: Promise<never>;
  readonly #workers: readonly TeamWorker[];

  /**
   * Starts them.
   *
   * @param size - how many.
   * @param onHire - called when a hire is done with, with the process that schedules the run.
   */
  constructor(work: SharedWork, size: number, onHire: (scheduler: TeamWorker) => void) {
    this.#workers = Array.from({ length: size }, () => {
      const worker: TeamWorker = new ChildProgram(program, work, () => onHire(worker));
      return worker;
    });
    this.gone = this.#untilGone();
    this.gone.catch(() => undefined);
  }

  async #untilGone(): Promise<never> {
    const endings = await Promise.allSettled(this.#workers.map(({ finished }) => finished));
    const reasons = endings.flatMap((ended) =>
      ended.status === 'rejected' ? [(ended.reason as Error).message] : [],
    );
    throw new Error(`No process is left that works: ${[...new Set(reasons)].join(' ')}`);
  }

  /** They give back what they have in their hands, and end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}
