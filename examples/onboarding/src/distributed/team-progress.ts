/**
 * How far a distributed batch has come, as the process that schedules the run tells it.
 *
 * Invariant: it is only shown, and decides nothing. What a process had not told when it was killed is missing
 * until the end, when the result says it.
 * @module
 */
import type { Progress } from '@runafter/example-weekly-reports/progress-bar';
import type { MondayOptions } from '../monday.ts';
import type { TeamWorker } from './worker-team.ts';

export class TeamProgress implements Disposable {
  /** Resolves with the process that schedules the run, when half of the hires are done with. */
  readonly halfWay: Promise<TeamWorker>;
  readonly #total: number;
  readonly #show: MondayOptions['showProgress'];
  #isHalfWay: (scheduler: TeamWorker) => void = () => undefined;
  #bar: Progress | undefined;
  #done = 0;

  constructor(total: number, show: MondayOptions['showProgress']) {
    this.#total = total;
    this.#show = show;
    this.halfWay = new Promise((resolve) => {
      this.#isHalfWay = resolve;
    });
  }

  /** Shows a new bar. */
  begin(processes: number, done: number): void {
    this.#done = done;
    this.#bar = this.#show(`${processes} processes`, done);
  }

  /** A hire is done with. */
  readonly onHire = (scheduler: TeamWorker): void => {
    this.#tick();
    if (this.#done >= this.#total / 2) this.#isHalfWay(scheduler);
  };

  /** All hires are done with, whoever has told of it. */
  complete(): void {
    while (this.#done < this.#total) this.#tick();
  }

  /** Ends the bar. */
  end(): void {
    this.#bar?.end();
    this.#bar = undefined;
  }

  [Symbol.dispose](): void {
    this.end();
  }

  /** What was told by a process that was killed may be told once more. */
  #tick(): void {
    if (this.#done === this.#total) return;
    this.#done++;
    this.#bar?.tick();
  }
}
