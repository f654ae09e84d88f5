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

/**
 * What was thrown, as a record keeps it. A handler that deals with secure values may quote them in its
 * error, so of such an error only the code is kept.
 */
export function errorOf(thrown: unknown, node: NodeBase, path: string): ActionError {
  const { code, message, cause } = toFault(thrown);
  if (!node.secureInputs && !node.secureOutputs) return recordedError(code, message, cause);
  return {
    code,
    message:
      `"${path}" failed with ${code}. Its message is withheld, because the action handles ` +
      'secure values: log what you need inside the handler.',
  };
}
