/**
 * Sources of items without an end, in every form that a loop takes.
 * @module
 */
import type { Items } from '@runafter/core';

/** A source without an end, which knows how often it was asked and closed. */
export class Endless {
  asked = 0;
  closed = 0;

  readonly items: { readonly [kind: string]: () => Items<number> } = {
    iterable: () => ({
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: this.asked++ }),
        return: () => ({ done: true, value: this.closed++ }),
      }),
    }),
    stream: () => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: this.asked++ }),
        return: async () => ({ done: true, value: this.closed++ }),
      }),
    }),
    'source that refuses to close': () => ({
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: this.asked++ }),
        return: () => {
          this.closed++;
          throw new Error('I will not close.');
        },
      }),
    }),
    'stream that refuses to close': () => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: this.asked++ }),
        return: async () => {
          this.closed++;
          throw new Error('I will not close.');
        },
      }),
    }),
  };
}
