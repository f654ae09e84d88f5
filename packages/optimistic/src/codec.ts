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
 * JSON, strictly: what `toJSON` gives (a Date becomes its text) and undefined fields are fine; what JSON
 * would change silently is refused with its path: NaN and infinite numbers, undefined in an array or
 * alone, functions, symbols, bigint, Map, Set and other objects that JSON sees as empty.
 */
export const jsonCodec: Codec = Object.freeze({
  encode(value: unknown): string {
    return JSON.stringify(value, function (this: unknown, field: string, inner: unknown) {
      const problem = lost(inner, Array.isArray(this) || field === '');
      if (problem !== undefined) throw new TypeError(`${pathOf(value, this, field)} ${problem}`);
      return inner;
    });
  },
  decode(text: string): unknown {
    return JSON.parse(text);
  },
});

/** What JSON would lose of a value, as the end of a sentence; undefined when it keeps it. */
function lost(value: unknown, undefinedMatters: boolean): string | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? undefined : `is ${value}, which JSON cannot hold`;
    case 'bigint':
      return `is the bigint ${value}, which JSON cannot hold: store it as text`;
    case 'function':
    case 'symbol':
      return `is a ${typeof value}, which JSON leaves out`;
    case 'undefined':
      return undefinedMatters ? 'is undefined, which JSON cannot hold: use null' : undefined;
    case 'object':
      return value === null || isPlain(value)
        ? undefined
        : `is a ${nameOf(value)}, which JSON empties`;
    default:
      return undefined;
  }
}

/** Objects whose contents are their own fields; classes of users are taken at their fields, too. */
function isPlain(value: object): boolean {
  return !(
    value instanceof Map ||
    value instanceof Set ||
    value instanceof WeakMap ||
    value instanceof WeakSet ||
    value instanceof RegExp ||
    value instanceof Error ||
    value instanceof Promise ||
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value)
  );
}

function nameOf(value: object): string {
  return value.constructor?.name || 'object';
}

/** Where in `root` the field of `holder` is, such as `value.items[3].price`. Only for messages. */
function pathOf(root: unknown, holder: unknown, field: string): string {
  if (field === '') return 'the value';
  const step = Array.isArray(holder) ? `[${field}]` : `.${field}`;
  return `value${pathTo(root, holder, new Set()) ?? ''}${step}`;
}

function pathTo(from: unknown, target: unknown, seen: Set<unknown>): string | undefined {
  if (from === target) return '';
  if (typeof from !== 'object' || from === null || seen.has(from)) return undefined;
  seen.add(from);
  for (const [field, inner] of Object.entries(from)) {
    const rest = pathTo(inner, target, seen);
    if (rest !== undefined) return `${Array.isArray(from) ? `[${field}]` : `.${field}`}${rest}`;
  }
  return undefined;
}
