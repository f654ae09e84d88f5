/**
 * The colours of the style sheet, as a canvas needs them.
 * @module
 */
import { element } from '../element.ts';

const names = [
  'ink',
  'muted',
  'line',
  'faint',
  'panel',
  'accent',
  'deciding',
  'calm',
  'Succeeded',
  'Failed',
  'TimedOut',
  'Cancelled',
  'Running',
  'Skipped',
] as const;

export type Palette = Readonly<Record<(typeof names)[number], string>>;

/** The colours of the theme that is shown now: `--Failed` as `rgb(…)`. */
export function readPalette(): Palette {
  const probe = element('span', { hidden: true });
  document.body.append(probe);
  const colours = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(colours) as Palette;
}
