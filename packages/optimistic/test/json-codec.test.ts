/** The JSON codec takes what comes back as it was, and says where the rest is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonCodec } from '../src/index.ts';

class Secretive {
  #field = 1;
  get field() {
    return this.#field;
  }
}

class Point {
  readonly x = 1;
}

const cyclic: unknown[] = [];
cyclic.push(cyclic);

describe('jsonCodec', () => {
  it.each([
    [Number.NaN, 'the value is NaN, which JSON cannot hold'],
    [{ a: { b: Infinity } }, 'value.a.b is Infinity'],
    [[1, [2, -Infinity]], 'value[1][1] is -Infinity'],
    [undefined, 'the value is undefined, which JSON cannot hold: use null'],
    [[1, undefined], 'value[1] is undefined'],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested
    [[1, , 3], 'value[1] is undefined'],
    [{ at: new Date(Number.NaN) }, 'value.at is an invalid Date'],
    [new Date(Number.NaN), 'the value is an invalid Date'],
    [{ n: 10n }, 'value.n is the bigint 10, which JSON cannot hold: keep it as text'],
    [{ f: () => 1 }, 'value.f is a function, which JSON leaves out'],
    [{ s: Symbol('s') }, 'value.s is a symbol'],
    [() => 1, 'the value is a function'],
    [{ m: new Map([[1, 2]]) }, 'value.m is a Map, which JSON empties'],
    [{ s: [new Set([1])] }, 'value.s[0] is a Set'],
    [{ r: /x/ }, 'value.r is a RegExp'],
    [{ e: new Error('x') }, 'value.e is a Error'],
    [{ e: new TypeError('x') }, 'value.e is a TypeError'],
    [{ b: new Uint8Array(3) }, 'value.b is a Uint8Array'],
    [{ b: new ArrayBuffer(3) }, 'value.b is a ArrayBuffer'],
    [{ p: Promise.resolve() }, 'value.p is a Promise'],
    [{ h: new Headers({ a: 'b' }) }, 'value.h is a Headers, which JSON empties'],
    [{ b: new Blob(['a']) }, 'value.b is a Blob'],
    [new Secretive(), 'the value is a Secretive'],
    [Object.assign(new Map([[1, 2]]), { a: 1 }), 'the value is a Map'],
    [{ toJSON: () => Number.NaN }, 'the value is NaN'],
    [[{ toJSON: () => undefined }], 'value[0] is undefined'],
    [{ '': { '': Number.NaN } }, 'value.. is NaN'],
    [cyclic, 'circular'],
  ])('refuses %o, for %s', (value, says) => {
    expect(() => jsonCodec.encode(value)).toThrow(says);
  });

  it.each([
    [{ a: undefined, b: 1 }, { b: 1 }],
    [{ '': undefined }, {}],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [{ '': { '': 1 } }, { '': { '': 1 } }],
    [{ toJSON: () => ({ a: 1 }) }, { a: 1 }],
    [null, null],
    [
      { p: new Point(), none: [], empty: {} },
      { p: { x: 1 }, none: [], empty: {} },
    ],
    [
      [Object(1), Object('a'), Object(''), Object(false)],
      [1, 'a', '', false],
    ],
    [new URL('http://localhost/a'), 'http://localhost/a'],
    ['\ud800 \u2028 ☃ \0', '\ud800 \u2028 ☃ \0'],
    [JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}')],
  ])('takes %o', (value, back) => {
    expect(jsonCodec.decode(jsonCodec.encode(value))).toEqual(back);
  });

  it('gives back what it takes, as an object of its own', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: true,
    });
    let taken = 0;
    fc.assert(
      fc.property(anything, (value) => {
        let text: string;
        try {
          text = jsonCodec.encode(value);
        } catch (error) {
          expect((error as Error).message).toMatch(/^(the value|value.*) is |circular/s);
          return;
        }
        taken++;
        expect(jsonCodec.decode(text)).toEqual(plain(value));
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it('says what is wrong with a text', () => {
    expect(() => jsonCodec.decode('{"a":')).toThrow(SyntaxError);
    expect(() => jsonCodec.decode('')).toThrow(SyntaxError);
  });
});

/** What the codec promises to give back: dates as texts, no undefined fields, one zero, plain objects. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toJSON();
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([field, inner]) => [field, plain(inner)]));
}
