/**
 * What may be a name. Names become paths such as `Orders[3]/Mail`, and paths become keys in stores,
 * so a name must neither look like a part of a path nor differ by something that nobody can see.
 * @module
 */
import { DefinitionError, type DefinitionPlace } from '../definition-error.ts';
import { showValue } from './show-value.ts';

/** Longer names make paths that stores and screens cannot hold. The bound is ours. */
const maxLength = 200;

/**
 * Refuses what cannot be a name.
 *
 * @param what - whose name it is, such as `action`.
 * @throws {DefinitionError} `NAME_INVALID`
 */
export function checkName(
  name: unknown,
  what: string,
  place: DefinitionPlace,
): asserts name is string {
  const problem = problemOf(name);
  if (problem === undefined) return;
  throw new DefinitionError(
    'NAME_INVALID',
    place,
    `${showValue(name)} cannot be the name of ${withArticle(what)}: ${problem}`,
    { option: 'name', value: name },
  );
}

function problemOf(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'it is not a string. Give the name as text.';
  if (name === '') return 'it is empty. Every name has at least one character.';
  if (name.trim() !== name) return 'it begins or ends with a blank. Remove the blank.';
  if (name.length > maxLength) {
    return `it has ${name.length} characters, and we allow ${maxLength}. Shorten it.`;
  }
  if (/[/[\]]/.test(name)) {
    return 'it has one of / [ ], which paths such as Orders[3]/Mail are made with. Use _ or - instead.';
  }
  if (/[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/u.test(name)) {
    return 'it has a control character, a line break or half a character. Remove it.';
  }
  return undefined;
}

function withArticle(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}
