/**
 * How a value becomes text and comes back.
 *
 * JSON.stringify loses things without a word: NaN becomes null, a Map becomes {}, a function vanishes.
 * A store must not, so the JSON codec refuses what would not come back.
 * @module
 */

/** Turns values into text and back. `decode(encode(value))` is equal to `value`, and shares nothing with it. */
export interface Codec {
  /** @throws an error that says what cannot be encoded, and where. */
  encode(value: unknown): string;
  /** @throws an error that says what is wrong with the text. */
  decode(text: string): unknown;
}

/**
 * JSON, strictly. What has a `toJSON` becomes what that gives (a Date its text), and undefined fields are
 * left out. What JSON would change without a word is refused, with its path: NaN and infinite numbers,
 * invalid dates, undefined alone or in an array, functions, symbols, bigint, Map, Set and other objects
 * that keep their contents where JSON does not look.
 */
export const jsonCodec: Codec = Object.freeze({
  encode(value: unknown): string {
    let root: unknown;
    let isRoot = true;
    return JSON.stringify(value, function replacer(this: object, field: string, inner: unknown) {
      if (isRoot) root = inner;
      const problem =
        whatDateLoses(Reflect.get(this, field)) ?? whatIsLost(inner, isRoot || Array.isArray(this));
      if (problem !== undefined) {
        throw new TypeError(`${isRoot ? 'the value' : pathOf(root, this, field)} is ${problem}`);
      }
      isRoot = false;
      return inner;
    });
  },
  decode(text: string): unknown {
    return JSON.parse(text);
  },
});

/** Of all toJSON() in the language, that of an invalid date alone says less than what it was. */
function whatDateLoses(value: unknown): string | undefined {
  const isInvalid = value instanceof Date && Number.isNaN(value.getTime());
  return isInvalid ? 'an invalid Date, which JSON makes null of' : undefined;
}

/** What JSON would lose of a value; undefined when it keeps it. */
function whatIsLost(value: unknown, undefinedMatters: boolean): string | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? undefined : `${value}, which JSON cannot hold`;
    case 'bigint':
      return `the bigint ${value}, which JSON cannot hold: keep it as text`;
    case 'function':
    case 'symbol':
      return `a ${typeof value}, which JSON leaves out`;
    case 'undefined':
      return undefinedMatters ? 'undefined, which JSON cannot hold: use null' : undefined;
    case 'object':
      return value !== null && hidesContents(value)
        ? `a ${value.constructor?.name ?? 'object'}, which JSON empties`
        : undefined;
    default:
      return undefined;
  }
}

/** These hide their contents, also when somebody has given them fields. */
const hiding = [Map, Set, RegExp, Error, ArrayBuffer];

function hidesContents(value: object): boolean {
  if (ArrayBuffer.isView(value) || hiding.some((type) => value instanceof type)) return true;
  const prototype = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  // Headers, a Blob, a class with private fields: nothing of it is where JSON looks.
  return !isPlain && !Array.isArray(value) && !isBoxed(value) && Object.keys(value).length === 0;
}

/** JSON takes out what is in the box. */
function isBoxed(value: object): boolean {
  return value instanceof Number || value instanceof String || value instanceof Boolean;
}

/** Where in `root` the field of `holder` is, such as `value.items[3].price`. */
function pathOf(root: unknown, holder: unknown, field: string): string {
  return `value${pathTo(root, holder, new Set()) ?? ''}${step(holder, field)}`;
}

function pathTo(from: unknown, target: unknown, seen: Set<unknown>): string | undefined {
  if (from === target) return '';
  if (typeof from !== 'object' || from === null || seen.has(from)) return undefined;
  seen.add(from);
  for (const [field, inner] of Object.entries(from)) {
    const rest = pathTo(inner, target, seen);
    if (rest !== undefined) return step(from, field) + rest;
  }
  return undefined;
}

function step(holder: unknown, field: string): string {
  return Array.isArray(holder) ? `[${field}]` : `.${field}`;
}
