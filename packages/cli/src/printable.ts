/**
 * Texts of others on one line of a terminal: a name must not move the cursor.
 * @module
 */

/** The text with control characters written out, such as a line break as `\n`. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

/** At most so many characters, with a mark where something is missing. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1))}…`;
}
