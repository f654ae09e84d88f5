/**
 * Texts as SQLite can keep them: any JavaScript string goes in and comes back the same.
 *
 * Two things would be changed on the way: half of a surrogate pair, which UTF-8 cannot carry, and
 * everything after U+0000, which node:sqlite cuts off on Node 22. The few texts that hold one of them are
 * kept as JSON behind a mark; so is a text that begins with the mark itself.
 * @module
 */

const mark = '\u0001';

/** The text to be stored. Equal texts stay equal, different ones different. */
export function toStoredText(text: string): string {
  const isPlain = !text.includes('\0') && !text.startsWith(mark) && text.isWellFormed();
  return isPlain ? text : mark + JSON.stringify(text);
}

/** The text that was stored. */
export function fromStoredText(stored: string): string {
  return stored.startsWith(mark) ? JSON.parse(stored.slice(mark.length)) : stored;
}
