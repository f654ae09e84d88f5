/** Every JavaScript string can be kept. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromStoredText, toStoredText } from '../src/stored-text.ts';

const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map(String.fromCharCode) });
const awkward = fc.string({ unit: fc.constantFrom('\0', '\u0001', '\ud83d', '\ude00', '"', 'a') });

it('comes back as it was given, and what is kept is well-formed and without U+0000', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, awkward), (text) => {
      const stored = toStoredText(text);
      expect(fromStoredText(stored)).toBe(text);
      expect(Buffer.from(stored).toString()).toBe(stored);
      expect(stored).not.toContain('\0');
    }),
  );
});

it('is kept as it is almost always', () => {
  for (const text of ['', 'Orders[3]', '{"a":"\\u0000"}', 'Größe \u{1F469}']) {
    expect(toStoredText(text)).toBe(text);
  }
});
