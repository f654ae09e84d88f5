/**
 * Says to which nodes the page keeps, wherever that matters, and lets go of it.
 * @module
 */
import { element } from './element.ts';
import type { PageState } from './page-state.ts';

/** Fills a place with the chip of the filter; empty when there is none. */
export function showFilterChip(place: Element, state: PageState): void {
  state.filter.watch((filter) => {
    place.replaceChildren();
    if (filter === undefined) return;
    const clear = element(
      'button',
      { type: 'button', class: 'chip', title: 'Show everything again' },
      'Only ',
      element('b', {}, filter.label),
      element('span', { 'aria-hidden': 'true' }, ' ✕'),
      element('span', { class: 'heard' }, ', show everything again'),
    );
    clear.addEventListener('click', () => state.keepTo(undefined));
    place.append(clear);
  });
}
