/** Names are data: none of their characters means anything in a pattern. */
import { expect, it } from 'vitest';
import { escapePattern } from '../src/key-listing.ts';

it('escapes every character that a pattern of Redis knows', () => {
  expect(escapePattern('a*b?c[d]e\\f^g-h{i}')).toBe('a\\*b\\?c\\[d\\]e\\\\f^g-h{i}');
});
