/**
 * Buttons that the graph and the timeline share.
 * @module
 */
import { type Html, html } from '../html.ts';

/** What the run's end hung on, shown or not; the graph and the timeline follow the same switch. */
export function highlightSwitches(owner: string): Html {
  return html`<div class="group" role="group" aria-label="Highlight in the ${owner}">
    <button type="button" class="switch" data-highlight="critical" aria-pressed="true"><span class="sample critical"></span>Critical path</button>
    <button type="button" class="switch" data-highlight="deciding" aria-pressed="true"><span class="sample deciding"></span>Deciding chain</button>
  </div>`;
}

export function zoomButtons(owner: string): Html {
  return html`<div class="group" role="group" aria-label="Zoom of the ${owner}">
    <button type="button" id="${owner}-out" aria-label="Zoom out" title="Zoom out">−</button>
    <button type="button" id="${owner}-in" aria-label="Zoom in" title="Zoom in">+</button>
    <button type="button" id="${owner}-all">Show all</button>
  </div>`;
}
