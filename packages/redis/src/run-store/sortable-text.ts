/**
 * Keys as texts that Redis sorts as the port does: Redis compares bytes of UTF-8, the port numbers by their
 * size, and texts by their UTF-16 code units.
 *
 * Invariant: a text in this form has no U+0000, which therefore can end it, and is below all that goes on
 * there. What surrogates and the characters above them are written with lies below both, where UTF-8 and
 * UTF-16 have the same order; so halves of surrogate pairs come back, too.
 * @module
 */

/** What is escaped: by itself, and then how far above it the character is. */
const low = '\u0001';
const high = '\uD7FF';

const unitToEscape = new RegExp(`[\0${low}${high}-\uFFFF]`, 'g');
const escapedUnit = new RegExp(`([${low}${high}])(.)`, 'gs');

export function toSortableText(text: string): string {
  return text.replaceAll(unitToEscape, (unit) => {
    const base = unit <= low ? low : high;
    const above = unit.charCodeAt(0) - (base === low ? 0 : base.charCodeAt(0));
    return base + String.fromCharCode(above + 1);
  });
}

function fromSortableText(sortable: string): string {
  return sortable.replaceAll(escapedUnit, (_, base: string, unit: string) => {
    const above = unit.charCodeAt(0) - 1;
    return String.fromCharCode(above + (base === low ? 0 : base.charCodeAt(0)));
  });
}

/** What stands before a text as a key: above each number of digits. */
const textMark = '~';

/**
 * A number is an index: whole, and not below 0. The number of its digits comes first, as one character.
 * One that is below 0 stands before all of them, for whoever asks what comes after it.
 */
export function toSortableKey(key: string | number): string {
  if (typeof key === 'string') return textMark + toSortableText(key);
  const digits = key < 0 ? '' : String(key);
  return digits.length.toString(36) + digits;
}

export function fromSortableKey(sortable: string): string | number {
  const rest = sortable.slice(1);
  return sortable.startsWith(textMark) ? fromSortableText(rest) : Number(rest);
}

/** Any number as a text of 16 characters. */
export function toSortableNumber(number: number): string {
  return toDigits(orderedBits(number));
}

/** Above whatever begins with this number, and not above the next one. */
export function aboveSortableNumber(number: number): string {
  return toDigits(orderedBits(number) + 1n);
}

function orderedBits(number: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  // Without a sign, for -0 is no other number than 0.
  view.setFloat64(0, number === 0 ? 0 : number);
  const bits = view.getBigUint64(0);
  const sign = 1n << 63n;
  // Numbers below 0 come before the others, and the other way round.
  return bits & sign ? BigInt.asUintN(64, ~bits) : bits | sign;
}

function toDigits(bits: bigint): string {
  return bits.toString(16).padStart(16, '0');
}
