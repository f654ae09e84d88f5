/**
 * The colour of a status, which is the same wherever one is shown.
 * @module
 */
import type { Status } from '@runafter/core';
import type { Style } from './session.ts';

/** Colours a text by the status that it is about. */
export function colourOf(status: Status | 'Running', style: Style): (text: string) => string {
  switch (status) {
    case 'Succeeded':
      return style.green;
    case 'Running':
      return style.cyan;
    case 'Skipped':
      return style.dim;
    case 'Cancelled':
      return style.yellow;
    default:
      return style.red;
  }
}
