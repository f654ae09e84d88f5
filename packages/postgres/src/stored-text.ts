/**
 * Texts as PostgreSQL can keep them: U+0000 cannot stand in a column, and UTF-8 cannot carry half of a
 * surrogate pair, so these are written as several characters.
 *
 * Invariant: it goes character by character, so what begins with a prefix of whole characters still does so
 * when both are stored, and different texts stay different.
 * @module
 */

/** Begins what stands for a character; a text that holds this very character has a pair for it, too. */
const mark = '\u0001';

const pairs: Readonly<Record<string, string>> = { '\0': `${mark}0`, [mark]: `${mark}1` };

// With the flag `u`, a surrogate is one that has no other half.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these two are what it is about.
const toBeReplaced = /[\u0000\u0001\p{Surrogate}]/gu;

// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const replaced = /\u0001(?:([01])|(d[89a-f][0-9a-f]{2}))/g;

/** The text to be stored. */
export function toStoredText(text: string): string {
  return text.replaceAll(
    toBeReplaced,
    (character) => pairs[character] ?? mark + character.charCodeAt(0).toString(16),
  );
}

/** The text that was stored. */
export function fromStoredText(stored: string): string {
  return stored.replaceAll(replaced, (_, digit, unit) => {
    if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
    return digit === '0' ? '\0' : mark;
  });
}
