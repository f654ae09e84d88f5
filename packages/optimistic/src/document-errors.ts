/**
 * What can be wrong with a document or a write of it.
 * @module
 */
import { type ErrorCode, RunafterError } from '@runafter/errors';

interface Caused {
  readonly cause?: unknown;
}

/** The base of all errors about a document. */
export abstract class DocumentError extends RunafterError {
  /** The store's name. */
  readonly store: string;
  readonly key: string;

  constructor(code: ErrorCode, store: string, key: string, message: string, options?: Caused) {
    super(code, message, options);
    this.store = store;
    this.key = key;
  }
}

/** `DOCUMENT_EXISTS`: a document that was to be created is there already. Nothing was written. */
export class DocumentExistsError extends DocumentError {
  constructor(store: string, key: string, options?: Caused) {
    super(
      'DOCUMENT_EXISTS',
      store,
      key,
      `Document "${key}" is in ${store} already. Read it and replace it, or use update(), which does both.`,
      options,
    );
  }
}

/** `ETAG_MISMATCH`: a document is not as it was read: written since, or removed. Nothing was written. */
export class EtagMismatchError extends DocumentError {
  /** The version that the write was made from. */
  readonly etag: string;

  constructor(store: string, key: string, etag: string, options?: Caused) {
    super(
      'ETAG_MISMATCH',
      store,
      key,
      `Document "${key}" in ${store} is not the version ${etag} any more. Read it again and make the ` +
        'whole change again from what is there now; update() does this.',
      options,
    );
    this.etag = etag;
  }
}

/** `DOCUMENT_INVALID`: a value does not fit the schema, or cannot be encoded or decoded. */
export class DocumentInvalidError extends DocumentError {
  /** Whether it was found while reading what is stored, or before it was written. */
  readonly found: 'reading' | 'writing';

  /** @param problem - what is wrong and where, as a clause: `order.total is NaN`. */
  constructor(
    store: string,
    key: string,
    found: 'reading' | 'writing',
    problem: string,
    options?: Caused,
  ) {
    super(
      'DOCUMENT_INVALID',
      store,
      key,
      found === 'reading'
        ? `Document "${key}" in ${store} cannot be used: ${problem}. Mend what is stored, or the schema.`
        : `Document "${key}" cannot be written to ${store}: ${problem}. Nothing was written.`,
      options,
    );
    this.found = found;
  }
}

/** `DOCUMENT_KEY_INVALID`: no document can have this key. */
export class DocumentKeyError extends DocumentError {
  /** @param problem - as a clause: `it is empty`. */
  constructor(store: string, key: string, problem: string, options?: Caused) {
    super(
      'DOCUMENT_KEY_INVALID',
      store,
      key,
      `${JSON.stringify(String(key).slice(0, 100))} cannot be a key in ${store}: ${problem}. A key is 1 to 400 ` +
        'characters of well-formed Unicode.',
      options,
    );
  }
}

/** `DOCUMENT_OPTION_INVALID`: an option of a store or of a write that makes no sense. */
export class DocumentOptionError extends RunafterError {
  readonly option: string;

  /** @param fix - what is wrong and what to pass instead, as sentences. */
  constructor(option: string, fix: string) {
    super('DOCUMENT_OPTION_INVALID', `The option ${option} ${fix}`);
    this.option = option;
  }
}

/** `DOCUMENT_OPERATION_UNSUPPORTED`: the backend has no way to do this. Nothing was done. */
export class DocumentOperationError extends DocumentError {
  /** Such as `create`. */
  readonly operation: string;

  /** @param fix - why not, and what to do instead, as sentences. */
  constructor(store: string, key: string, operation: string, fix: string, options?: Caused) {
    super(
      'DOCUMENT_OPERATION_UNSUPPORTED',
      store,
      key,
      `${store} cannot ${operation} document "${key}". ${fix}`,
      options,
    );
    this.operation = operation;
  }
}

/**
 * `OUTCOME_UNKNOWN`: a write was sent, and no answer tells what became of it. It may have been done, or may
 * yet be.
 * The cause is what happened to the request.
 */
export class OutcomeUnknownError extends RunafterError {
  /** The name of the store or the counter. */
  readonly store: string;
  readonly key: string;

  /** @param fix - how to find out, or to do it so that trying again is harmless, as sentences. */
  constructor(store: string, key: string, fix: string, options?: Caused) {
    super(
      'OUTCOME_UNKNOWN',
      `Whether "${key}" in ${store} was written is not known, for no answer says so. ${fix}`,
      options,
    );
    this.store = store;
    this.key = key;
  }
}
