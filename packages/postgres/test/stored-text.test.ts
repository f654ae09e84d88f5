import { describe, expect, it } from 'vitest';
import { fromStoredText, toStoredText } from '../src/stored-text.ts';

const texts = ['', 'order-17', '\0', '\u0001', '\u0001\0', '\u00010', '\u00011', 'a\0\0b', '😀\0 '];

describe('a stored text', () => {
  it.each(texts)('%j comes back as it was', (text) => {
    expect(fromStoredText(toStoredText(text))).toBe(text);
  });

  it.each(['a\ud83db', '\udc00', '\ud83d\ud83d\ude00', '\u0001d83d', '\ud800\0'])(
    '%j comes back as it was, and can be written as UTF-8',
    (text) => {
      expect(fromStoredText(toStoredText(text))).toBe(text);
      expect(toStoredText(text)).not.toMatch(/\p{Surrogate}/u);
    },
  );

  it('holds no U+0000', () => {
    for (const text of texts) expect(toStoredText(text)).not.toContain('\0');
  });

  it('begins as the texts begin, and only then', () => {
    for (const text of texts) {
      for (const beginning of texts) {
        const stored = toStoredText(text).startsWith(toStoredText(beginning));
        expect(stored, `${JSON.stringify(text)} with ${JSON.stringify(beginning)}`).toBe(
          text.startsWith(beginning),
        );
      }
    }
  });
});
