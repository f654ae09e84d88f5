/**
 * What a process that makes attempts for others tells the one that asked: signals of the run, under
 * names that no event of a workflow can have.
 * @module
 */
import type { Mail, Mailbox } from '../mailbox.ts';

/** What the names of these signals begin with. */
export const RESERVED_EVENTS: string = 'runafter/';

/** An attempt is over. Its payload is a {@link Report}. */
export const REPORT: string = `${RESERVED_EVENTS}report`;
/** The handler was called: the time of its action runs. */
export const CALLED: string = `${RESERVED_EVENTS}called`;
/** The run is to be cancelled. Its payload is a text that says why. */
export const CANCEL: string = `${RESERVED_EVENTS}cancel`;

/** How an attempt went. */
export interface Report {
  /** Milliseconds from the call of the handler to its end. */
  readonly took: number;
  /** Of an attempt that succeeded: what is kept of its output. */
  readonly output?: unknown;
  /** Of one that failed. */
  readonly failure?: {
    readonly thrown: unknown;
    /** Whether the retry policy finds it worth another attempt. */
    readonly isRetryable: boolean;
    /** Milliseconds that whoever failed it asks to wait. */
    readonly retryAfter?: number | undefined;
  };
}

/** What a failed attempt has thrown, with the wait that it asks for. */
export function thrownOf({ thrown, retryAfter }: NonNullable<Report['failure']>): unknown {
  if (retryAfter !== undefined && thrown instanceof Error && !('retryAfter' in thrown)) {
    Object.defineProperty(thrown, 'retryAfter', { value: retryAfter });
  }
  return thrown;
}

/** What tells the reports of a run apart. */
export function reportAddress(path: string, attempt: number): string {
  return `${path}#${attempt}`;
}

/** The signal, if it is there already, or when it comes; the promise stays as it is once `leave` was called. */
export interface Expected {
  readonly isThere: boolean;
  readonly mail: Promise<Mail>;
  leave(): void;
}

/** Waits for one of these signals. */
export function expect(mailbox: Mailbox, event: string, address: string): Expected {
  let isThere = false;
  let leave: () => void = () => undefined;
  const mail = new Promise<Mail>((resolve) => {
    leave = mailbox.take(event, address, (taken) => {
      isThere = true;
      resolve(taken);
    });
  });
  return { isThere, mail, leave };
}
