/**
 * Keys and ids of items: only what is equal by value can say that two items are the same.
 *
 * A promise or an object would be equal to no other, so that items of one customer ran side by side; as
 * a text they would all be the same, and every item would get one idempotency key.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import { showValue } from '../../definition/rules/show-value.ts';

/** `ITEM_KEY_INVALID`: the `key` or `id` of a loop gave something that cannot tell items apart. */
export class ItemKeyError extends RunafterError {
  readonly path: string;
  readonly index: number;
  readonly value: unknown;

  constructor(option: 'key' | 'id', path: string, index: number, value: unknown) {
    super(
      'ITEM_KEY_INVALID',
      `The ${option} of "${path}" gave ${showValue(value)} for item ${index}. ` +
        'Give a string, number or bigint, and not a promise of one.',
    );
    this.path = path;
    this.index = index;
    this.value = value;
  }
}

/** `ITEM_ID_DUPLICATE`: two items of a loop in a durable run have the same `id`. */
export class ItemIdDuplicateError extends RunafterError {
  readonly path: string;
  /** Which item was the second one. */
  readonly index: number;
  readonly id: string;

  /** @param key - the id, as `itemId` gives it. */
  constructor(path: string, index: number, key: string) {
    const id = decodeURIComponent(key.slice(key.indexOf('=') + 1));
    super(
      'ITEM_ID_DUPLICATE',
      `Item ${index} of "${path}" has the id "${id}", as an item before it. A durable run knows the items ` +
        'of a stream by their ids: give each its own, or leave out what comes twice.',
    );
    this.path = path;
    this.index = index;
    this.id = id;
  }
}

/** Whether a value can tell items apart. */
export function isItemKey(value: unknown): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}
