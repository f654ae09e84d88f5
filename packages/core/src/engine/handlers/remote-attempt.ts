/**
 * An attempt that another process makes: sent out once, over when its report has come through the store.
 *
 * Invariant: a report that was there before this process took the run over is taken as it is, and
 * nothing is sent. Read next: report.ts, and remote/action-caller.ts for the other side.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { ActionTask } from '../../ports/executor.ts';
import type { ActionState } from '../action-state.ts';
import type { Mail } from '../mailbox.ts';
import { CALLED, type Expected, expect, REPORT, type Report, reportAddress } from './report.ts';

type Send = Parameters<ActionTask['runElsewhere']>[0];

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

export class RemoteAttempt {
  readonly #state: ActionState;
  readonly #attempt: number;
  readonly #over = new AbortController();
  readonly #report: Expected;
  readonly #called: Expected | undefined;

  /** @param onCalled - told when the handler was called, where somebody counts its time. */
  constructor(state: ActionState, attempt: number, onCalled: (() => void) | undefined) {
    this.#state = state;
    this.#attempt = attempt;
    const { mailbox } = state.frame.owner.run.services;
    const address = reportAddress(state.fullPath, attempt);
    this.#report = expect(mailbox, REPORT, address);
    if (onCalled === undefined) return;
    this.#called = expect(mailbox, CALLED, address);
    void this.#called.mail.then((mail) => {
      this.#take(mail);
      onCalled();
    });
  }

  /**
   * Resolves with the report; rejects when it cannot be read, or with what `send` rejects with. Stays
   * as it is once `end` was called.
   */
  async made(send: Send): Promise<Report> {
    const { path, frame } = this.#state;
    const { journal } = frame.owner.run;
    if (journal === undefined) throw new StoreRequiredError(path);
    try {
      const mail = this.#report.isThere
        ? await this.#report.mail
        : await Promise.race([this.#report.mail, this.#sent(send)]);
      this.#take(mail);
      if (mail.fault !== undefined) throw mail.fault.thrown;
      return mail.payload as Report;
    } finally {
      this.end();
    }
  }

  /** Its report does not matter any more. */
  end(): void {
    this.#report.leave();
    this.#called?.leave();
    this.#over.abort();
  }

  /** Rejects when it was refused, and never resolves. */
  async #sent(send: Send): Promise<never> {
    const { journal } = this.#state.frame.owner.run;
    const call = await journal?.callOf(this.#state, this.#attempt);
    if (call !== undefined && !this.#over.signal.aborted) await send(call, this.#over.signal);
    return await new Promise<never>(() => undefined);
  }

  #take({ number }: Mail): void {
    if (number !== undefined) this.#state.frame.owner.run.journal?.takes(this.#state, number);
  }
}
