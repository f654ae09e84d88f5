/**
 * Secure values: what records show in their place, and errors that may have quoted them.
 * @module
 */
import { toFault } from '@runafter/errors';
import type { NodeBase } from '../../definition/definition.ts';
import type { ActionError } from '../../result.ts';
import { recordedError } from './recorded-error.ts';

/** Stands in records where a secure value was. */
export const SECURE = '[secure]';

/** The shape of a code: REFUSED, UNIQUE_KEY, ECONNRESET, HTTP_429, TypeError. A secret looks otherwise. */
const codeShape = /^(?:[A-Z]+(?:_[A-Z]+)*|HTTP_\d{3}|[A-Za-z]+Error)$/;

/**
 * What was thrown, as a record keeps it. A handler that deals with secure values may quote them in its
 * error, so of such an error only the code is kept, and that only where it looks like one.
 */
export function errorOf(thrown: unknown, node: NodeBase, path: string): ActionError {
  const { code, message, cause } = toFault(thrown);
  if (!node.secureInputs && !node.secureOutputs) return recordedError(code, message, cause);
  const shown = codeShape.test(code) ? code : 'SECURE_ACTION_FAILED';
  return {
    code: shown,
    message:
      `"${path}" failed with ${shown}. Its message is withheld, because the action handles ` +
      'secure values: log what you need inside the handler.',
  };
}
