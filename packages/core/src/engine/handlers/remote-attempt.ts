/**
 * An attempt that another process makes: sent out once, over when its report has come through the store.
 *
 * Invariant: a report that was there before this process took the run over is taken as it is, and
 * nothing is sent; unless the action's time was up when it was sent.
 * Read next: report.ts, and remote/action-caller.ts for the other side.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { ActionCall, ActionTask } from '../../ports/executor.ts';
import type { Carrier } from '../../ports/telemetry.ts';
import type { ActionState } from '../action-state.ts';
import type { Mail } from '../mailbox.ts';
import { CALLED, type Expected, expect, REPORT, type Report, reportAddress } from './report.ts';

export type Send = Parameters<ActionTask['runElsewhere']>[0];

/** `STORE_REQUIRED`: handlers are to be called in other processes, whose reports come through a store. */
export class StoreRequiredError extends RunafterError {
  readonly path: string;

  constructor(path: string) {
    super(
      'STORE_REQUIRED',
      `"${path}" is to be called in another process, and its run has no store through which the ` +
        'report could come. Start the run with a store.',
    );
    this.path = path;
  }
}

/** Of an action whose time counts from the first call of its handler. */
export interface AttemptTiming {
  /** Milliseconds. */
  readonly timeout: number;
  /** When its time is up, where that is known already: milliseconds since 1970. */
  readonly deadline: number | undefined;
  /**
   * Told when the handler was called: milliseconds since 1970, undefined for now. Not told where the report
   * is there, too.
   */
  readonly onCalled: (at: number | undefined) => void;
}

/** A reason made each time would take a stack trace each time. */
const over = new Error('The attempt is over.');

export class RemoteAttempt {
  /** When the handler was called, where its report was there from the beginning. */
  readonly calledAt: number | undefined;
  readonly #state: ActionState;
  readonly #attempt: number;
  readonly #over = new AbortController();
  readonly #report: Expected;
  readonly #called: Expected | undefined;

  constructor(state: ActionState, attempt: number, timing: AttemptTiming | undefined) {
    this.#state = state;
    this.#attempt = attempt;
    const { mailbox } = state.frame.owner.run.services;
    const address = reportAddress(state.fullPath, attempt);
    this.#called = timing && expect(mailbox, CALLED, address);
    this.calledAt = this.#called?.there?.sentAt;
    this.#report = expect(mailbox, REPORT, address, timing && deadlineOf(timing, this.calledAt));
    const isReported = this.#report.there !== undefined;
    void this.#called?.mail.then((mail) => {
      this.#take(mail);
      // What is heard as it happens is timed here: the clock of the other process may be another one.
      if (!isReported) timing?.onCalled(this.calledAt);
    });
  }

  /**
   * Resolves with the report; rejects when it cannot be read, or with what `send` rejects with. Stays
   * as it is once `end` was called.
   */
  async made(send: Send): Promise<Report> {
    const { path, frame } = this.#state;
    try {
      if (frame.owner.run.journal === undefined) throw new StoreRequiredError(path);
      const { there, mail } = this.#report;
      const report = there ?? (await Promise.race([mail, this.#sent(send)]));
      this.#take(report);
      if (report.fault !== undefined) throw report.fault.thrown;
      return report.payload as Report;
    } finally {
      this.end();
    }
  }

  /** Its report does not matter any more. */
  end(): void {
    this.#report.leave();
    this.#called?.leave();
    this.#over.abort(over);
  }

  /** Rejects when it was refused, and never resolves. */
  async #sent(send: Send): Promise<never> {
    const { journal, services } = this.#state.frame.owner.run;
    const call = await journal?.callOf(this.#state, this.#attempt);
    const carrier = services.telemetry?.carrierOf(this.#state, this.#attempt);
    const isWanted = !this.#over.signal.aborted && !journal?.closed;
    if (call !== undefined && isWanted) await send(withCarrier(call, carrier), this.#over.signal);
    return await new Promise<never>(() => undefined);
  }

  #take({ number }: Mail): void {
    if (number !== undefined) this.#state.frame.owner.run.journal?.takes(this.#state, number);
  }
}

function deadlineOf(
  { timeout, deadline }: AttemptTiming,
  calledAt: number | undefined,
): number | undefined {
  return deadline ?? (calledAt === undefined ? undefined : calledAt + timeout);
}

function withCarrier(call: ActionCall, carrier: Carrier | undefined): ActionCall {
  return carrier === undefined ? call : { ...call, carrier };
}
