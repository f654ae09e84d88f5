/**
 * Keys of outcomes as texts that PostgreSQL sorts as the port does: numbers first, by size, then texts by
 * their UTF-16 code units.
 *
 * The collation "C" compares the bytes of UTF-8, which is the order of code points: characters above U+FFFF,
 * which are pairs of units from U+D800 on, would come after all others. So each unit from there on is kept as
 * a character above U+FFFF of its own, also half of a pair, which UTF-8 could not carry. Texts without such
 * units, nearly all, stand in the table as they are.
 * @module
 */

const numberMark = '#';
const textMark = '=';

/** From the first unit that is moved to the character that stands for it. */
const shift = 0x10000 - 0xd800;

/** What cannot stand in a column, and the mark itself, as pairs that sort as they do. */
const pairs: Readonly<Record<string, string>> = { '\0': '\u00010', '\u0001': '\u00011' };
const paired: Readonly<Record<string, string>> = { '\u00010': '\0', '\u00011': '\u0001' };

// Without the flag `u`, each half of a pair is found for itself.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these two are what it is about.
const toBeReplaced = /[\u0000\u0001\ud800-\uffff]/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const replaced = /\u0001[01]|[\u{10000}-\u{10ffff}]/gu;

/** @throws {RangeError} for a number that is no index. */
export function toStoredKey(key: string | number): string {
  if (typeof key === 'string') {
    return textMark + key.replaceAll(toBeReplaced, (unit) => pairs[unit] ?? moved(unit));
  }
  if (!Number.isSafeInteger(key) || key < 0) {
    throw new RangeError(`The key ${key} is no index. Keys are texts, or whole numbers from 0.`);
  }
  // More digits are more, so how many there are comes first, as a letter.
  const digits = `${key}`;
  return numberMark + String.fromCodePoint(0x60 + digits.length) + digits;
}

/** What stands just before the keys above this one; a number below 0 is before all of them. */
export function toStoredBound(after: string | number): string {
  return typeof after === 'number' && after < 0 ? '' : toStoredKey(after);
}

export function fromStoredKey(stored: string): string | number {
  if (stored.startsWith(numberMark)) return Number(stored.slice(2));
  return stored
    .slice(textMark.length)
    .replaceAll(replaced, (character) => paired[character] ?? movedBack(character));
}

function moved(unit: string): string {
  return String.fromCodePoint(unit.charCodeAt(0) + shift);
}

function movedBack(character: string): string {
  return String.fromCharCode((character.codePointAt(0) ?? 0) - shift);
}
