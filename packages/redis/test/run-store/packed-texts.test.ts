/** Several texts as one value, and back. */
import { expect, it } from 'vitest';
import { packTexts, unpackTexts } from '../../src/run-store/packed-texts.ts';
import { fromStoredText, toStoredText } from '../../src/run-store/stored-text.ts';

const awkward = [
  '',
  ',',
  '\n',
  '3,4\nabc',
  '\u0001',
  '\0',
  '"\\',
  'é\u{1F600}',
  'a\uD83Db',
  '\uDE00',
];

it('texts that are packed come back, and so does that one is missing', () => {
  for (const text of awkward) {
    for (const texts of [[text], [text, undefined], [undefined, text], [text, text, undefined]]) {
      const packed = packTexts(texts);
      expect(unpackTexts(packed)).toEqual(texts);
      expect(Buffer.from(packed).toString(), 'as UTF-8 carries it').toBe(packed);
    }
  }
  expect(unpackTexts(packTexts(awkward))).toEqual(awkward);
});

it('two texts that are each half of a character do not become one', () => {
  expect(unpackTexts(packTexts(['\uD83D', '\uDE00']))).toEqual(['\uD83D', '\uDE00']);
});

it('a text is stored as it is where UTF-8 can carry it, and never as another one', () => {
  const stored = awkward.map(toStoredText);
  expect(new Set(stored).size).toBe(awkward.length);
  expect(stored.map(fromStoredText)).toEqual(awkward);
  expect(toStoredText('{"sent":true}')).toBe('{"sent":true}');
});
