/**
 * What can be wrong with a session, a machine, or what a session pool is asked for.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { WaitReason } from './session-pool-port.ts';

/** `SESSION_TIMEOUT`: a job had no session within the time that it wanted to wait. */
export class SessionTimeoutError extends RunafterError {
  readonly pool: string;
  readonly user: string;
  /** Milliseconds. */
  readonly waited: number;
  /** Why it waited last. */
  readonly why: WaitReason;

  constructor(pool: string, user: string, waited: number, why: WaitReason) {
    super(
      'SESSION_TIMEOUT',
      `The session pool "${pool}" had no session for "${user}" within ${Math.round(waited)} ms: ${why}. ` +
        'Wait longer, add machines, or use tryAcquire() and handle undefined.',
    );
    this.pool = pool;
    this.user = user;
    this.waited = waited;
    this.why = why;
  }
}

/**
 * `SESSION_LOST`: a session may not be used any more: its machine was declared lost, or somebody else may have it.
 * The reason of its signal.
 */
export class SessionLostError extends RunafterError {
  readonly machine: string;
  readonly session: number;

  /** @param options.cause - why its lease was lost; undefined: its machine was declared lost. */
  constructor(machine: string, session: number, options?: { readonly cause?: unknown }) {
    const why = options?.cause === undefined ? 'its machine is gone' : 'its lease has ended';
    super(
      'SESSION_LOST',
      `Session ${session} of the machine "${machine}" was lost: ${why}. ` +
        'Stop what works there. run() begins it again elsewhere, unless it is atMostOnce.',
      options,
    );
    this.machine = machine;
    this.session = session;
  }
}

/** `MACHINE_UNKNOWN`: a machine was named that the pool does not have, or of which it does not know how many sessions it has. */
export class MachineUnknownError extends RunafterError {
  readonly pool: string;
  readonly machine: string;

  constructor(pool: string, machine: string) {
    super(
      'MACHINE_UNKNOWN',
      `The session pool "${pool}" does not know the machine ${JSON.stringify(machine)}. ` +
        'Check the name, or join() it with its number of sessions.',
    );
    this.pool = pool;
    this.machine = machine;
  }
}

/** `SESSION_POOL_OPTION_INVALID`: an option that a session pool cannot use. */
export class SessionPoolOptionError extends RunafterError {
  readonly pool: string;
  readonly option: string;

  /** @param fix - what is wrong and what to pass instead, as sentences. */
  constructor(pool: string, option: string, fix: string) {
    super('SESSION_POOL_OPTION_INVALID', `The session pool "${pool}": ${option} ${fix}`);
    this.pool = pool;
    this.option = option;
  }
}
