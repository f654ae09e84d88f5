/**
 * How many columns of a terminal a text takes: two for a Chinese character or an emoji, none for an accent
 * that stands on the letter before it.
 *
 * Invariant: a text is cut between what people see as characters, never inside of one.
 * @see https://www.unicode.org/reports/tr11/
 * @module
 */
import { stripVTControlCharacters } from 'node:util';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Scripts whose characters are as wide as high, the punctuation that goes with them, and emoji. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;

/** Also Katakana and Hangul, but made as wide as Latin letters. */
const halfWidth = /^[\uff61-\uffdc]/u;

/** Columns that a text takes; its colours take none. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const { segment } of segmenter.segment(plain)) width += widthOfCharacter(segment);
  return width;
}

/** At most so many columns, with a mark where something is missing. The text has no colours. */
export function shortened(text: string, most: number): string {
  if (widthOf(text) <= most) return text;
  let shown = '';
  let left = most - 1;
  for (const { segment } of segmenter.segment(text)) {
    left -= widthOfCharacter(segment);
    if (left < 0) break;
    shown += segment;
  }
  return `${shown}…`;
}

function widthOfCharacter(character: string): number {
  return wide.test(character) && !halfWidth.test(character) ? 2 : 1;
}
