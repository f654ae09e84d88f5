/**
 * The switches of the critical path and the deciding chain, of which there are several for each.
 * @module
 */
import type { Highlight, PageState } from './page-state.ts';

export function setUpHighlights(state: PageState): void {
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('[data-highlight]')];
  for (const button of buttons) {
    const highlight = button.dataset.highlight as Highlight;
    const isNeeded = state.marked[highlight].size > 0;
    button.hidden = !isNeeded;
    button.addEventListener('click', () => {
      const next = new Set(state.highlights.value);
      if (!next.delete(highlight)) next.add(highlight);
      state.highlights.value = next;
    });
  }
  state.highlights.watch((highlights) => {
    for (const button of buttons) {
      const isOn = highlights.has(button.dataset.highlight as Highlight);
      button.setAttribute('aria-pressed', String(isOn));
    }
    for (const highlight of ['critical', 'deciding'] as const) {
      document.body.classList.toggle(`no-${highlight}`, !highlights.has(highlight));
    }
  });
}
