/**
 * Texts as Redis can keep them: any JavaScript string goes in and comes back the same.
 *
 * Only half of a surrogate pair would be changed on the way, since UTF-8 cannot carry it. The few texts that
 * hold one are kept as JSON behind a mark; so is a text that begins with the mark itself.
 * @module
 */

const mark = '\u0001';

/** The text to be stored. Equal texts stay equal, different ones different. */
export function toStoredText(text: string): string {
  const isPlain = text.isWellFormed() && !text.startsWith(mark);
  return isPlain ? text : mark + JSON.stringify(text);
}

/** The text that was stored. */
export function fromStoredText(stored: string): string {
  return stored.startsWith(mark) ? JSON.parse(stored.slice(mark.length)) : stored;
}
