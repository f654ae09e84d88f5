/**
 * Several texts as one value of Redis: their lengths, and then the texts one after the other, so that what is
 * inside them needs no escaping and is not looked at.
 * @module
 */
import { fromStoredText, toStoredText } from './stored-text.ts';

/** In JavaScript's units, separated by commas; nothing for a text that is not there. */
const endOfLengths = '\n';

export function packTexts(texts: readonly (string | undefined)[]): string {
  const lengths = texts.map((text) => text?.length ?? '').join(',');
  return toStoredText(`${lengths}${endOfLengths}${texts.join('')}`);
}

/** The texts that were packed; undefined for the others. */
export function unpackTexts(stored: string): (string | undefined)[] {
  const packed = fromStoredText(stored);
  const end = packed.indexOf(endOfLengths);
  let at = end + endOfLengths.length;
  return packed
    .slice(0, end)
    .split(',')
    .map((length) => {
      if (length === '') return undefined;
      const start = at;
      at += Number(length);
      return packed.slice(start, at);
    });
}
