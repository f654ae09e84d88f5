/**
 * Keys as names of blobs, for a resource whose `url` is a function: one name for each key.
 * @module
 */

/** Nothing of it means anything in a path, in an address, or in XML. */
export function nameOfKey(key: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
  return key.replace(/[~/.\\?#\s\u0000-\u001f\u007f-\u00a0\ufdd0-\ufdef\ufffe\uffff]/g, (one) =>
    shorter[one] === undefined
      ? `~${one.charCodeAt(0).toString(16).padStart(4, '0')}`
      : `~${shorter[one]}`,
  );
}

export function keyOfName(name: string): string {
  return name.replace(/~(?:([sdt])|([0-9a-f]{4}))/g, (_, short?: string, code = '') =>
    short === undefined ? String.fromCharCode(Number.parseInt(code, 16)) : (longer[short] ?? ''),
  );
}

/** So that names of 400 of them are not too long. */
const shorter: Readonly<Record<string, string>> = { '/': 's', '.': 'd', '~': 't' };
const longer = Object.fromEntries(Object.entries(shorter).map(([one, short]) => [short, one]));
