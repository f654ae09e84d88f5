/**
 * The body of the run itself: the outermost container, which ends the run.
 * @module
 */
import type { TerminateStatus } from '../../definition/definition.ts';
import type { ActionError } from '../../result.ts';
import { type StatusBits, statusBits } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import type { Progress } from '../journal.ts';
import type { RunEngine } from '../run-engine.ts';
import { cancelled, type Stop, stopAgain, timedOut } from '../stop.ts';
import { SingleBody } from './single-body.ts';

/** How the run ends, where something in it decides that. */
interface Termination {
  readonly bits: StatusBits;
  readonly error: ActionError;
}

export class RootBody extends SingleBody {
  #termination: Termination | undefined;

  constructor(run: RunEngine) {
    super(run, run.workflow.body, undefined);
  }

  /** Ends the run at once with this status. The first one counts. */
  terminate(status: TerminateStatus, code: string, message: string): void {
    if (this.stop !== undefined || this.ended) return;
    const bits = statusBits(status);
    this.#termination = { bits, error: { code, message } };
    this.#keep({ termination: { bits, code, message } });
    this.halt(cancelled('RUN_TERMINATED', `The run was terminated as ${status}: ${message}`));
  }

  /** Perhaps in another process, which has not lived to see it end. */
  isTerminatedBy(node: ActionState['node']): boolean {
    const { code, message } = this.#termination?.error ?? {};
    return node.kind === 'terminate' && node.code === code && node.message === message;
  }

  override beginWithin(timeout: number | undefined): void {
    const given = this.stop;
    const { stop } = this.recallOrders();
    if (stop === undefined && given !== undefined) this.#keepStop(given);
    super.beginWithin(timeout);
  }

  /** What another process was told: how the run is to end. */
  recallOrders(): Progress {
    const progress = this.run.journal?.progress(this.run) ?? {};
    const { stop, termination } = progress;
    if (termination !== undefined) {
      const { bits, code, message } = termination;
      this.#termination = { bits, error: { code, message } };
    }
    if (stop !== undefined) this.stop = stopAgain(stop);
    return progress;
  }

  override halt(stop: Stop): void {
    if (this.stop === undefined && !this.ended) this.#keepStop(stop);
    super.halt(stop);
  }

  #keepStop({ bits, error: { code, message } }: Stop): void {
    this.#keep({ stop: { bits, code, message } });
  }

  /** An order to stop is kept before anything that follows from it: a restart must not undo it. */
  #keep(progress: Progress): void {
    void this.run.journal?.save(this.run, progress);
  }

  protected override end(bits: StatusBits): void {
    if (this.ended) return;
    super.end(bits);
    this.run.complete(this.#termination?.bits ?? this.stop?.bits ?? bits);
  }

  protected override timeIsUp(): void {
    const { name } = this.run.workflow;
    this.halt(timedOut('RUN_TIMED_OUT', `Workflow "${name}" took longer than its timeout allows.`));
  }

  /** Why the run did not succeed. */
  override error(): ActionError | undefined {
    return this.decidedFromOutside() ?? super.error();
  }

  /** The terminate, cancel or time-out that decided the status, if one did. */
  decidedFromOutside(): ActionError | undefined {
    return this.#termination?.error ?? this.stop?.error;
  }

  /** Ends the run before it began: nothing starts. */
  refuse(stop: Stop): void {
    this.stop ??= stop;
  }
}
