/** Whatever a workflow hands over can be written as JSON. */
import { expect, it } from 'vitest';
import { toJson } from '../src/json-output.ts';

it.each([
  ['a bigint', { n: 2n ** 63n }, { n: '9223372036854775808' }],
  ['a Map', new Map([['a', 1]]), [['a', 1]]],
  ['a Set', new Set([1, 2]), [1, 2]],
  ['a date', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
  ['nothing', undefined, null],
  [
    'an error',
    Object.assign(new Error('no'), { code: 'E1', token: 'secret' }),
    { code: 'E1', message: 'no' },
  ],
])('%s', (_, value, written) => {
  expect(JSON.parse(toJson(value))).toEqual(written);
});

it('control characters that JSON allows are written out, for a terminal obeys them', () => {
  const text = 'del\u007f csi\u009b3J';
  expect(toJson({ text })).toBe('{"text":"del\\u007f csi\\u009b3J"}');
  expect(JSON.parse(toJson({ text }))).toEqual({ text });
});

it('an object that is in itself is written once', () => {
  const circle: Record<string, unknown> = { name: 'a' };
  circle.self = circle;
  expect(JSON.parse(toJson(circle))).toEqual({ name: 'a', self: '[circular]' });
});

it('an object that is there twice is written twice', () => {
  const shared = { a: [1] };
  expect(JSON.parse(toJson({ x: shared, y: [shared, shared] }))).toEqual({
    x: { a: [1] },
    y: [{ a: [1] }, { a: [1] }],
  });
});
