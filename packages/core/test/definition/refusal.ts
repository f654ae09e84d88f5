/**
 * A definition that must be refused, as the tables of malformed definitions have it.
 * @module
 */
import { describeCode, isRunafterError } from '@runafter/errors';
import { expect } from 'vitest';
import { DefinitionError } from '../../src/definition/definition-error.ts';

export interface Refusal {
  /** What is wrong, as the end of the sentence "refuses …". */
  readonly what: string;
  readonly code: string;
  /** What the message must name: the culprit, and often the way out. */
  readonly names: readonly string[];
  /** Where; the workflow itself when absent. */
  readonly path?: string;
  readonly define: () => unknown;
}

/** Defines, and expects the refusal. */
export function expectRefusal({ code, names, path = '', define }: Refusal): void {
  let error: unknown;
  try {
    define();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(DefinitionError);
  expect(isRunafterError(error)).toBe(true);
  const refused = error as DefinitionError;
  expect(refused).toMatchObject({ code, path });
  // A message begins with a capital where the same words stand small in the middle of others.
  const message = refused.message.toLowerCase();
  for (const name of names) expect(message).toContain(name.toLowerCase());
  if (path !== '') expect(refused.message).toContain(`"${path}"`);
  expect(describeCode(code), `${code} is in the code table`).toBeDefined();
}
