/**
 * Values as text and back: what survives, what is refused and in which words.
 * @module
 */
import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_VALUE_LIMIT,
  decodeValue,
  encodeValue,
  NotStorableError,
  StoredValueError,
  ValueTooLargeError,
} from '../../src/durable/codec.ts';
import { seed, seedHint } from '../properties/seed.ts';

const encode = (value: unknown) => encodeValue(value, DEFAULT_VALUE_LIMIT);
const again = (value: unknown) => decodeValue(encode(value));

/** What encoding a value throws. */
function refusal(value: unknown): NotStorableError {
  try {
    encode(value);
  } catch (error) {
    if (error instanceof NotStorableError) return error;
    throw error;
  }
  throw new Error('The value was encoded.');
}

/** A list of lists of … to this depth. */
function nested(depth: number): unknown {
  let value: unknown = 'inside';
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

describe('a value comes back', () => {
  const values: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['NaN', Number.NaN],
    ['-0', -0],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['a bigint', 2n ** 80n],
    ['a date', new Date(1_700_000_000_123)],
    ['a date that is none', new Date(Number.NaN)],
    ['a regular expression', /a<\/b>/giu],
    ['a URL', new URL('https://example.org/a?b=c#d')],
    ['bytes', new Uint8Array([0, 1, 255])],
    ['no bytes', new Uint8Array()],
    ['floats', new Float64Array([-0, Number.NaN])],
    ['a map with objects as keys', new Map([[{ id: 1 }, new Set([undefined])]])],
    ['a list with holes', Object.assign(new Array(3), { 2: 'c' })],
    ['fields that are undefined', { here: undefined }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['half a surrogate pair', '\ud800 \u2028 </script>'],
    ['the texts that stand for other values', [-1, '-1', '[null]', ['Date', '2020']]],
    ['500 levels', nested(500)],
  ];

  it.each(values)('%s', (_, value) => {
    deepStrictEqual(again(value), value);
  });

  it('when it refers to itself, as one that does', () => {
    const order: Record<string, unknown> = { id: 1 };
    order.self = order;
    order.byId = new Map([[1, order]]);
    const read = again(order) as typeof order;
    expect(read.self).toBe(read);
    expect((read.byId as Map<number, unknown>).get(1)).toBe(read);
  });

  it('with one object where there was one object', () => {
    const shared = { id: 1 };
    const [first, second] = again([shared, shared]) as unknown[];
    expect(first).toBe(second);
  });

  it('as bytes when it is a Buffer, without what stands beside it in memory', () => {
    const pool = Buffer.from('secret-public-secret');
    expect(again(pool.subarray(7, 13))).toStrictEqual(new Uint8Array(Buffer.from('public')));
    expect(encode(pool.subarray(7, 13)).length).toBeLessThan(60);
  });

  it('as the part that a view shows of its buffer, and no more', () => {
    const buffer = new Uint8Array(1_000).fill(7).buffer;
    const views = [new Uint16Array(buffer, 10, 2), new DataView(buffer, 3, 5)];
    deepStrictEqual(again(views), [
      new Uint16Array([1_799, 1_799]),
      new DataView(new Uint8Array(5).fill(7).buffer),
    ]);
    expect(encode(views).length).toBeLessThan(150);
  });

  it('whatever it is made of', () => {
    const key = fc.string({ unit: 'binary' }).filter((text) => text !== '__proto__');
    const storable = fc.anything({
      key,
      maxDepth: 4,
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    fc.assert(
      fc.property(storable, (value) => {
        const text = encode(value);
        JSON.parse(text);
        deepStrictEqual(decodeValue(text), value, seedHint);
      }),
      { seed, numRuns: 500 },
    );
  });
});

describe('what cannot be stored', () => {
  class Money {
    amount = 1;
  }
  const refused: [string, unknown, string, string][] = [
    ['a function', { items: [0, 1, 2, { when: () => 1 }] }, '.items[3].when', 'a function'],
    ['a symbol', [Symbol('x')], '[0]', 'a symbol'],
    ['a promise', { 'due date': Promise.resolve() }, '["due date"]', 'a promise'],
    ['an instance of a class', { total: new Money() }, '.total', 'an instance of Money'],
    ['something in a Map', new Map([['vat', new Money()]]), '.get("vat")', 'an instance of Money'],
    ['a WeakMap', [new WeakMap()], '[0]', 'an instance of WeakMap'],
    ['symbols as keys', { a: { [Symbol('x')]: 1 } }, '.a', 'an object with symbols as keys'],
    ['a key __proto__', JSON.parse('{"a":{"__proto__":1}}'), '.a', 'the key "__proto__"'],
  ];

  it.each(refused)('is refused with its place: %s', (_, value, valuePath, problem) => {
    const error = refusal(value);
    expect(error).toMatchObject({ code: 'VALUE_NOT_STORABLE', valuePath });
    expect(error.problem).toContain(problem);
    expect(error.message).toContain(`${valuePath} is `);
    expect(error.message).toContain('select: (output) => …');
  });

  it('is refused when it is the value itself', () => {
    expect(refusal(() => 1).message).toContain('cannot be stored: it is a function.');
  });

  it('is refused when its getter throws, with the reason', () => {
    const error = refusal({
      get total(): number {
        throw new Error('no total yet');
      },
    });
    expect(error.message).toContain('no total yet');
  });

  it.each([501, 100_000])(
    'is refused when it is nested %i levels deep, however large the stack is',
    (depth) => {
      expect(refusal(nested(depth)).message).toContain('more than 500 levels deep');
    },
  );

  it('is refused when it is a long chain, also one that a list names link by link', () => {
    const links = Array.from({ length: 1_000 }, (_, id): Record<string, unknown> => ({ id }));
    links.forEach((link, index) => {
      link.next = links[index + 1];
    });
    expect(refusal(links).problem).toContain('levels deep');
    // From its end, each link is there before the one that refers to it.
    deepStrictEqual(again(links.toReversed()), links.toReversed());
  });

  it('is not kept by the error, which may be shown to people', () => {
    expect(refusal({ secret: 'hunter2', bad: () => 1 }).cause).toBeUndefined();
  });
});

describe('the limit', () => {
  it('counts bytes, not characters, and lets exactly as many pass', () => {
    const bytes = Buffer.byteLength(encode('äöü'));
    expect(decodeValue(encodeValue('äöü', bytes))).toBe('äöü');
    expect(() => encodeValue('äöü', bytes - 1)).toThrow(ValueTooLargeError);
  });

  it('is 1 MiB unless told otherwise, and the error says what to do', () => {
    let error: unknown;
    try {
      encode('x'.repeat(1024 ** 2));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'VALUE_TOO_LARGE', bytes: 1_048_580, limit: 1_048_576 });
    expect(String(error)).toMatch(/1048580 bytes.*limit is 1048576.*select.*reference/);
  });
});

describe('a text that was not written by this', () => {
  const texts: [string, string][] = [
    ['nothing', ''],
    ['half a text', encode({ a: [1, 2] }).slice(0, -3)],
    ['no JSON', 'hunter2'],
    ['other JSON', '{"hunter2":1}'],
    ['an unknown type', '[["hunter2",1]]'],
    ['a position that does not exist', '[{"a":7}]'],
    ['a type that holds itself', '[["Error",0]]'],
    ['an error that is none', '[["Error",1],5]'],
    ['an error without texts', '[["Error",1],{"type":2},"Error"]'],
    ['__proto__ of an object', '[{"__proto__":1},{"polluted":2},true]'],
    ['__proto__ without a prototype', '[["null","__proto__",1],{"polluted":2},true]'],
    [
      '__proto__ of an error',
      '[["Error",1],{"type":2,"name":2,"message":2,"fields":3},"Error",{"__proto__":4},{"polluted":2}]',
    ],
  ];

  it.each(texts)('is refused and not quoted: %s', (_, text) => {
    let error: unknown;
    try {
      decodeValue(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(StoredValueError);
    expect(error).toMatchObject({ code: 'STORED_VALUE_INVALID' });
    expect((error as Error).cause).toBeUndefined();
    expect((error as Error).message).not.toContain('hunter2');
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
  });

  it('never changes a prototype, whatever it says', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).sort();
    const word = fc.constantFrom(
      ...[
        '__proto__',
        'constructor',
        'prototype',
        'Error',
        'View',
        'null',
        'Map',
        'Object',
        'type',
      ],
    );
    const entry = fc.oneof(
      word,
      fc.integer({ min: -8, max: 8 }),
      fc.array(fc.oneof(word, fc.integer({ min: -8, max: 8 })), { maxLength: 4 }),
      fc.dictionary(word, fc.integer({ min: -8, max: 8 }), { maxKeys: 3 }),
    );
    const text = fc
      .array(entry, { minLength: 1, maxLength: 6 })
      .map((list) => JSON.stringify(list));
    fc.assert(
      fc.property(text, (hostile) => {
        try {
          decodeValue(hostile);
        } catch (error) {
          expect(error, seedHint).toBeInstanceOf(StoredValueError);
        }
        expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before);
        expect(Object.keys(Error.prototype)).toEqual([]);
      }),
      { seed, numRuns: 500 },
    );
  });
});
