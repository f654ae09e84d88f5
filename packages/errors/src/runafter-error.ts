/**
 * The base class of every error that this project throws: a stable code, facts as fields, a cause.
 *
 * Invariant: an error is recognised by a brand from the global symbol registry, never by
 * `instanceof`, because two copies of this package in one process are normal.
 * Read next: error-codes.ts for what the codes mean, fault.ts for errors that are not ours.
 * @module
 */
import type { ErrorCode } from './error-codes.ts';
import { toJsonFacts } from './json-facts.ts';
import { readProperty } from './read-property.ts';

const brand = Symbol.for('@runafter/errors/RunafterError');

/** What `JSON.stringify(error)` writes. The cause and the stack are left out: they may hold secrets. */
export interface RunafterErrorJson {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * An error with a stable `code`.
 *
 * Subclass it once per thing that a caller may want to treat differently, and put the facts into
 * fields: they are part of the API, the message is for people. `name` is the name of the class.
 *
 * @example
 * class OutOfStockError extends RunafterError {
 *   readonly sku: string;
 *   constructor(sku: string, options?: { cause?: unknown }) {
 *     super('OUT_OF_STOCK', `No "${sku}" is left. Order it, or offer another.`, options);
 *     this.sku = sku;
 *   }
 * }
 */
export class RunafterError extends Error {
  /** The stable name of what happened, e.g. `DURATION_INVALID`; `describeCode(code)` explains ours. */
  readonly code: ErrorCode | (string & {});

  static {
    Object.defineProperty(RunafterError.prototype, brand, { value: true });
  }

  /**
   * @param code - one of the table's codes, or a code of your own: upper-case words with underscores.
   * @param message - what happened, with which values, and what to do about it.
   * @param options.cause - the error that led to this one; kept as it is, never printed by toJSON().
   */
  constructor(code: ErrorCode | (string & {}), message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  override get name(): string {
    return this.constructor.name || 'RunafterError';
  }

  /** Name, code, message and the facts (own fields) in a form that `JSON.stringify` always takes. */
  toJSON(): RunafterErrorJson {
    const { name, code, message } = this;
    return { name, code, message, facts: toJsonFacts(this) };
  }
}

/** Whether a value is an error of this project, also one from another copy of the package. Never throws. */
export function isRunafterError(value: unknown): value is RunafterError {
  return readProperty(value, brand) === true;
}

/**
 * Whether a value is an error of this project with the given code. Never throws.
 *
 * @example
 * if (hasCode(error, 'DURATION_INVALID')) showFormHint(error.message);
 */
export function hasCode<Code extends ErrorCode | (string & {})>(
  value: unknown,
  code: Code,
): value is RunafterError & { readonly code: Code } {
  return isRunafterError(value) && readProperty(value, 'code') === code;
}
