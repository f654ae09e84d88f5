/**
 * An icon for each status, so that none is told by its colour alone.
 * @module
 */
import { type Html, html } from './html.ts';
import { type ViewStatus, viewStatuses } from './view-status.ts';

/** What is drawn in a circle, 16 units wide. */
const strokes: Readonly<Record<ViewStatus, string>> = {
  Succeeded: 'M4.6 8.3 L7 10.7 L11.4 5.7',
  Failed: 'M5.4 5.4 L10.6 10.6 M10.6 5.4 L5.4 10.6',
  TimedOut: 'M8 4.4 V8.2 L10.6 9.8',
  Cancelled: 'M4.8 8 H11.2',
  Running: 'M6.4 5 L11 8 L6.4 11 Z',
  Skipped: 'M4.8 5 L7.6 8 L4.8 11 M8.6 5 L11.4 8 L8.6 11',
  Pending: '',
};

/** Every icon once; the page refers to them. */
export function statusSymbols(): Html {
  return html`<svg class="symbols" aria-hidden="true">${viewStatuses.map(
    (status) => html`<symbol id="status-${status}" viewBox="0 0 16 16">
      <circle cx="8" cy="8" r="${status === 'Pending' ? 6.6 : 8}" class="disc"/>
      <path d="${strokes[status]}" class="stroke"/>
    </symbol>`,
  )}</svg>`;
}

/** @param size - in pixels. */
export function statusIcon(status: ViewStatus, size: number): Html {
  return html`<svg class="status-icon ${status}" width="${size}" height="${size}" aria-hidden="true"><use href="#status-${status}"/></svg>`;
}
