import { describe, expectTypeOf, test } from 'vitest';
import { type DocumentStore, type Updated, update } from '../../src/index.ts';

interface Order {
  readonly id: string;
  readonly total: number;
}

declare const orders: DocumentStore<Order>;

describe('update()', () => {
  test('gives the value that a change always returns', () => {
    const updated = update(orders, 'k', (order) => ({ id: 'k', total: (order?.total ?? 0) + 1 }));
    expectTypeOf(updated).toEqualTypeOf<Promise<Updated<Order>>>();
    const later = update(orders, 'k', async () => ({ id: 'k', total: 1 }));
    expectTypeOf(later).toEqualTypeOf<Promise<Updated<Order>>>();
  });

  test('gives undefined, too, when a change may leave the document', () => {
    const maybe = update(orders, 'k', (order) => (order === undefined ? undefined : order));
    expectTypeOf(maybe).toEqualTypeOf<Promise<Updated<Order | undefined>>>();
    const later = update(orders, 'k', async (order) => order);
    expectTypeOf(later).toEqualTypeOf<Promise<Updated<Order | undefined>>>();
    const never = update(orders, 'k', () => undefined);
    expectTypeOf(never).toEqualTypeOf<Promise<Updated<Order | undefined>>>();
  });

  test('tells a change that there may be no document', () => {
    void update(orders, 'k', (order) => {
      expectTypeOf(order).toEqualTypeOf<Order | undefined>();
      return order;
    });
  });

  test('names a version only where there is one', () => {
    expectTypeOf<Updated<Order>['etag']>().toEqualTypeOf<string | undefined>();
  });

  test('refuses what is no document of the store', () => {
    // @ts-expect-error total is missing
    void update(orders, 'k', () => ({ id: 'k' }));
    // @ts-expect-error null is not "leave it"
    void update(orders, 'k', () => null);
    // @ts-expect-error a document is no change
    void update(orders, 'k', { id: 'k', total: 1 });
    // @ts-expect-error durations have units
    void update(orders, 'k', (order) => order, { timeout: '30 seconds' });
  });
});
