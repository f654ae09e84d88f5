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
  /** Bytes of that, where its size has a limit. */
  readonly payloadBytes?: number;
  /** Of one that failed. */
  readonly failure?: Failure;
}

/** Why an attempt failed. */
export interface Failure {
  readonly thrown: unknown;
  /** Whether the retry policy finds it worth another attempt. */
  readonly isRetryable: boolean;
  /** Milliseconds that whoever failed it asks to wait. */
  readonly retryAfter?: number | undefined;
}

/** What a failed attempt has thrown, with the wait that it asks for. */
export function thrownOf({ thrown, retryAfter }: Failure): unknown {
  if (retryAfter !== undefined && thrown instanceof Error) {
    Object.defineProperty(thrown, 'retryAfter', { value: retryAfter });
  }
  return thrown;
}

/** What tells the reports of a run apart. */
export function reportAddress(path: string, attempt: number): string {
  return `${path}#${attempt}`;
}

/** A signal that is there already, or will come. */
export interface Expected {
  /** What was there; undefined when it is still to come. */
  readonly there: Mail | undefined;
  /** Stays as it is once `leave` was called. */
  readonly mail: Promise<Mail>;
  leave(): void;
}

/**
 * Waits for one of these signals.
 *
 * @param deadline - one that is there already must have been sent by then, in milliseconds since 1970.
 */
export function expect(
  mailbox: Mailbox,
  event: string,
  address: string,
  deadline?: number,
): Expected {
  let there: Mail | undefined;
  let leave: () => void = () => undefined;
  const mail = new Promise<Mail>((resolve) => {
    const take = (taken: Mail): void => {
      there = taken;
      resolve(taken);
    };
    leave = mailbox.take(event, address, take, deadline);
  });
  return { there, mail, leave };
}
