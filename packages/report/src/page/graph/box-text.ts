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

/** Pixels that a letter takes at most, at the size of a name and at that of everything else. */
const letter = 8.2;
const smallLetter = 6.9;
/** Letters of a name; of wider characters there is room for less. */
const longestName = 30;

/** Pixels that a line of text takes at most, at the sizes that the style sheet sets. */
export function nameWidth(text: string): number {
  return Math.ceil(lettersOf(text) * letter);
}

export function smallWidth(text: string): number {
  return Math.ceil(lettersOf(text) * smallLetter);
}

/** What takes the room of several letters; the first one that a character is. */
const widths: readonly (readonly [RegExp, number])[] = [
  [/[MW@%]/, 1.7],
  [/[A-Zmw]/, 1.3],
  [/[ -~]/, 1],
  // Emoji, and writing of which each character fills a square.
  [/\p{Extended_Pictographic}|\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana}|\p{sc=Hangul}/u, 1.9],
];

/** How many usual letters take as much room as a text. */
function lettersOf(text: string): number {
  return Array.from(text, widthInLetters).reduce((sum, width) => sum + width, 0);
}

function widthInLetters(character: string): number {
  return widths.find(([kind]) => kind.test(character))?.[1] ?? 1.3;
}

/** A text that has no room is cut, between two characters. */
function cut(text: string, most: number): string {
  if (lettersOf(text) <= most) return text;
  let room = most - 1;
  let kept = '';
  for (const character of text) {
    room -= widthInLetters(character);
    if (room < 0) break;
    kept += character;
  }
  return `${kept}…`;
}

/** The name, or that of the first one of a stack and how many there are. */
export function boxName({ nodes }: Box): string {
  const [{ name }] = nodes;
  const short = cut(name, longestName);
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
