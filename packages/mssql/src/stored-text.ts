/**
 * Texts as every server that speaks T-SQL can keep them: not all take U+0000, so it is written as two
 * characters.
 *
 * Invariant: it goes character by character, so what begins with a prefix still does so when both are
 * stored, and different texts stay different.
 * @module
 */

/** Begins a pair; a text that holds this very character has a pair for it, too. */
const mark = '\u0001';

const pairs: Readonly<Record<string, string>> = { '\0': `${mark}0`, [mark]: `${mark}1` };

// biome-ignore lint/suspicious/noControlCharactersInRegex: these two are what it is about.
const toBePaired = /[\u0000\u0001]/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const paired = /\u0001([01])/g;

/** The text to be stored. */
export function toStoredText(text: string): string {
  return text.replaceAll(toBePaired, (character) => pairs[character] ?? character);
}

/** The text that was stored. */
export function fromStoredText(stored: string): string {
  return stored.replaceAll(paired, (_, digit) => (digit === '0' ? '\0' : mark));
}
