/**
 * What can go wrong with a service that keeps our state: one class for each thing that a caller may want
 * to treat differently, whichever backend it is.
 *
 * Invariant: every driver tells these apart in one place, by the client's codes and never by its texts.
 * What it cannot tell apart counts as `unknown`, for then nothing is done twice.
 * @module
 */
import type { ErrorCode } from './error-codes.ts';
import { readProperty } from './read-property.ts';
import { hasCode, RunafterError } from './runafter-error.ts';

/**
 * Whether a request that failed was carried out: `not-done` when it certainly was not, `unknown` when
 * the connection was cut or the reply did not come, so that it may have been, or may yet be.
 */
export type RequestOutcome = 'not-done' | 'unknown';

interface Caused {
  readonly cause?: unknown;
}

/** The base of all faults of a service. */
export abstract class ServiceError extends RunafterError {
  /** What the driver calls it, such as `Redis documents "orders"`. */
  readonly service: string;

  constructor(code: ErrorCode, service: string, message: string, options?: Caused) {
    super(code, message, options);
    this.service = service;
  }
}

const whatIsKnown: Readonly<Record<RequestOutcome, string>> = {
  'not-done': 'The request was not carried out: try again.',
  unknown: 'Whether the request was carried out is not known: look before trying again.',
};

/** `SERVICE_UNAVAILABLE`: a service could not be reached, did not answer, or asked to come back later. */
export class ServiceUnavailableError extends ServiceError {
  readonly outcome: RequestOutcome;
  /** Milliseconds after which the service asked to be tried again. */
  readonly retryAfter: number | undefined;

  constructor(
    service: string,
    outcome: RequestOutcome,
    options: Caused & { readonly retryAfter?: number | undefined } = {},
  ) {
    super(
      'SERVICE_UNAVAILABLE',
      service,
      `${service} is not available${reason(options.cause)}. ${whatIsKnown[outcome]}`,
      options,
    );
    this.outcome = outcome;
    this.retryAfter = options.retryAfter;
  }
}

/** Whether an error is of a request that may have been carried out all the same. Never throws. */
export function mayHaveBeenDone(error: unknown): boolean {
  return hasCode(error, 'SERVICE_UNAVAILABLE') && readProperty(error, 'outcome') === 'unknown';
}

/** `SERVICE_REFUSED`: the service understood the request and will not do it. Nothing was done. */
export class ServiceRefusedError extends ServiceError {
  /** @param fix - what to do about it, as a sentence. */
  constructor(service: string, fix: string, options?: Caused) {
    super(
      'SERVICE_REFUSED',
      service,
      `${service} refused the request${reason(options?.cause)}. ${fix}`,
      options,
    );
  }
}

/** `SERVICE_CLOSED`: it was used after `close()`. Nothing was done. */
export class ServiceClosedError extends ServiceError {
  constructor(service: string, options?: Caused) {
    super(
      'SERVICE_CLOSED',
      service,
      `${service} was used after it was closed. Close it when everything that uses it has ended.`,
      options,
    );
  }
}

/** `SERVICE_OPTION_INVALID`: a driver got an option that it cannot use. */
export class ServiceOptionError extends ServiceError {
  readonly option: string;

  /** @param fix - what is wrong and what to pass instead, as sentences. */
  constructor(service: string, option: string, fix: string, options?: Caused) {
    super('SERVICE_OPTION_INVALID', service, `${service}: the option ${option} ${fix}`, options);
    this.option = option;
  }
}

/** `SERVICE_CLIENT_MISSING`: the package that speaks to the service is not installed. */
export class ServiceClientMissingError extends ServiceError {
  /** The package's name at the registry. */
  readonly client: string;

  constructor(service: string, client: string, options?: Caused) {
    super(
      'SERVICE_CLIENT_MISSING',
      service,
      `${service} needs the package "${client}", which is not installed. ` +
        `Install it beside this one (npm install ${client}), or hand over a client of your own.`,
      options,
    );
    this.client = client;
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error && cause.message !== ''
    ? `: ${cause.message.replace(/\.$/, '')}`
    : '';
}
