/**
 * JSON inside a page.
 * @module
 */
import { Html } from './html.ts';

/**
 * JSON that may stand in a script element: no value in it can end the element, open a comment, or
 * break a line where JavaScript sees one and JSON does not.
 */
export function embeddedJson(value: unknown): Html {
  const text = JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return new Html(text);
}
