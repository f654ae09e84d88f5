/**
 * The statuses of an edge in as few words as they have in a definition.
 * @module
 */
import type { Status } from '@runafter/core';

/** `Succeeded`, `any status` for all that runAfter can list, else the statuses. */
export function statusesText(statuses: readonly Status[]): string {
  return statuses.length >= 4 ? 'any status' : statuses.join(', ');
}
