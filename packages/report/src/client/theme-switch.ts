/**
 * The switch between the reader's own theme, light and dark.
 * @module
 */
import { byId } from './element.ts';
import type { PageState } from './page-state.ts';

const themes = { auto: 'automatic', light: 'light', dark: 'dark' } as const;
type Theme = keyof typeof themes;
const key = 'runafter-report-theme';

export function setUpTheme(state: PageState): void {
  const button = byId<HTMLButtonElement>('theme');
  const order = Object.keys(themes) as Theme[];
  let theme: Theme = order.find((known) => known === remembered()) ?? 'auto';
  button.hidden = false;
  show();
  button.addEventListener('click', () => {
    theme = order[(order.indexOf(theme) + 1) % order.length] as Theme;
    remember(theme);
    show();
  });
  const changed = (): void => {
    state.theme.value = theme;
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  matchMedia('print').addEventListener('change', changed);

  function show(): void {
    document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${themes[theme]}`;
    state.theme.value = theme;
  }
}

/** A page that was opened as a file may have no storage. */
function remembered(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Then the next page begins with the reader's own theme again.
  }
}
