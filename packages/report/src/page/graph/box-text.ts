/**
 * The words in a box and on an edge, and how wide they will be.
 *
 * Fonts differ from one machine to the next and nothing here can measure them, so widths are estimates
 * on the safe side, and what is too long is cut. The whole name is in the box's title.
 * @module
 */
import { formatCount, formatPlural } from '../format.ts';
import { statusWords, viewStatuses } from '../view-status.ts';
import type { Box } from './box.ts';

const longestName = 30;

/** Pixels that a line of text takes at most, at the sizes that the style sheet sets. */
export function nameWidth(text: string): number {
  return Math.ceil(text.length * 8.2);
}

export function smallWidth(text: string): number {
  return Math.ceil(text.length * 6.9);
}

/** The name, or that of the first one of a stack and how many there are. */
export function boxName({ nodes }: Box): string {
  const [{ name }] = nodes;
  const short = name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name;
  return nodes.length === 1 ? short : `${short} … × ${formatCount(nodes.length)}`;
}

/** The second line: what it is, and how it went. */
export function boxDetail(box: Box): string {
  const [{ kind, of }] = box.nodes;
  const isPlain = kind === 'action' || kind === 'branch';
  const what = [kind === 'container' ? of : (kindWords[kind] ?? kind)].filter(() => !isPlain);
  const inside = box.folded === 0 ? [] : [`${formatCount(box.folded)} inside`];
  return [...what, ...countWords(box), ...inside].join(' · ');
}

/** `200 iterations, 3 failed`, `12 ran`, `succeeded`. */
function countWords({ counts, iterations, status }: Box): string[] {
  const all = total(iterations ?? counts);
  const notable = viewStatuses.filter((name) => name !== 'Succeeded' && name !== 'Pending');
  const parts = notable
    .map((name) => ({ name, count: (iterations ?? counts)[name as keyof typeof counts] ?? 0 }))
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${formatCount(count)} ${statusWords(name).toLowerCase()}`);
  if (iterations !== undefined) return [[formatPlural(all, 'iteration'), ...parts].join(', ')];
  if (all <= 1) return [statusWords(status).toLowerCase()];
  return [[`${formatCount(all)} times`, ...parts].join(', ')];
}

export function total(counts: Box['counts']): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

const kindWords: Readonly<Record<string, string>> = {
  forEach: 'for each',
  waitFor: 'wait for',
  shielded: 'last phase',
};
