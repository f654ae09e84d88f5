/**
 * Between keys and the names of blobs.
 *
 * A blob's name may not hold everything that a key may: a backslash reads as a slash, a segment that ends
 * in a dot is changed on its way, control characters are refused. Such characters become `~` and two
 * hexadecimal digits, and every name ends in `.json`, so that no name ends in a dot or a slash.
 *
 * Invariant: what a character becomes depends on those before it alone, never on those after it. So the
 * name of a prefix is a prefix of the names, and a listing by prefix is one on the service, too.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
 * @module
 */

/** How many characters the service takes. */
export const longestBlobName = 1_024;

const suffix = '.json';

/** Of the 254 segments that the service takes at most. The slashes after that many are escaped. */
const mostSlashes = 200;

/**
 * What is escaped wherever it stands: `~` itself, what paths and URLs give a meaning, and what XML, in
 * which blobs are listed, cannot carry.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
const never = /[~\\?#\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/;

const escaped = /~(?:([0-9a-f]{2})|u([0-9a-f]{4}))/g;

/** The name of a key's blob. It may be longer than the service takes. */
export function blobNameOf(key: string): string {
  return namePrefixOf(key) + suffix;
}

/** What the names of all keys begin with that begin with this one. */
export function namePrefixOf(key: string): string {
  let slashes = 0;
  let before = '/';
  let name = '';
  // By UTF-16 units. Pairs stay together, for neither half is ever escaped.
  for (const character of key.split('')) {
    const keeps =
      character === '/'
        ? // No empty segment, and none that ends in a dot.
          before !== '/' && before !== '.' && ++slashes <= mostSlashes
        : !never.test(character) && !(character === ' ' && before === '/');
    name += keeps ? character : escapeSequence(character);
    before = keeps ? character : '~';
  }
  return name;
}

/** The key of a blob; undefined for a name that is no key's, such as that of something else's blob. */
export function keyOfBlob(name: string): string | undefined {
  if (!name.endsWith(suffix)) return undefined;
  const key = name
    .slice(0, -suffix.length)
    .replace(escaped, (_, short?: string, long?: string) =>
      String.fromCharCode(Number.parseInt(short ?? long ?? '', 16)),
    );
  return blobNameOf(key) === name ? key : undefined;
}

function escapeSequence(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `~u${code.padStart(4, '0')}` : `~${code.padStart(2, '0')}`;
}
