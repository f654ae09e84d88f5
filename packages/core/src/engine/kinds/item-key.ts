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

/** Whether a value can tell items apart. */
export function isItemKey(value: unknown): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}
