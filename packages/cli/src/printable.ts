/**
 * Texts of others on a terminal: a name or a message must not move the cursor.
 *
 * Invariant: what comes out has neither C0 nor C1 control characters; U+009B alone begins a command of a
 * terminal as `ESC [` does.
 * Read next: text-width.ts.
 * @module
 */

/** The text on one line, with control characters written out, such as a line break as `\n`. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, writtenOut);
}

/** The text with its line breaks, and any other control characters written out. */
export function printableLines(text: string): string {
  return text.replaceAll(/(?!\n)\p{Cc}/gu, writtenOut);
}

function writtenOut(character: string): string {
  // JSON leaves DEL and C1 as they are.
  if (character < '\u007f') return JSON.stringify(character).slice(1, -1);
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
